# shellcheck shell=bash
# bash completion for dkimctl. What there is it learns from `dkimctl __options`.

_dkimctl() {
  local program=$1 word=$2 previous=$3 lines command='' i argument candidates=''
  COMPREPLY=()
  lines=$("$program" __options 2>/dev/null) || return

  # "--root=DIR" comes as three words.
  if [[ $word == '=' ]]; then
    word=''
  elif [[ $previous == '=' && $COMP_CWORD -ge 2 ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  [[ $previous == -c ]] && previous=--amavisd-conf

  for ((i = 1; i < COMP_CWORD; i++)); do
    if grep -q "^${COMP_WORDS[i],,} " <<<"$lines"; then
      command=${COMP_WORDS[i],,}
      break
    fi
  done

  argument=$(awk -v option="$previous" '$2 == option { print $3; exit }' <<<"$lines")
  case $argument in
    FILE) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    DIR) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    *'|'*) candidates=${argument//|/ } ;;
    '')
      if [[ $word == -* ]]; then
        candidates=$(awk -v command="$command" 'command == "" || $1 == command { print $2 }' <<<"$lines" | sort -u)
      elif [[ -z $command || $command == help ]]; then
        candidates=$(awk '{ print $1 }' <<<"$lines" | sort -u)
      fi
      ;;
  esac
  [[ -z $candidates ]] || mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$word")
}

complete -F _dkimctl dkimctl

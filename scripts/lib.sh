# shellcheck shell=bash
# What quickstart, test and prove share: the packages they need by each system's names, and how they are installed.
# Sourced, with the checkout as working folder.

say() { printf '\n==> %s\n' "$*" >&2; }

die() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  [[ $# -lt 2 ]] || printf '  hint: %s\n' "${@:2}" >&2
  exit 1
}

# ccache, where it is installed, makes every build after the first one short.
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

# ---- what is needed ----

build_packages_debian=(g++ cmake ninja-build pkg-config libfmt-dev libexpected-dev libssl-dev libidn2-dev libldns-dev libc-ares-dev libunbound-dev libseccomp-dev libpcre2-dev
  nlohmann-json3-dev libboost-filesystem-dev libacl1-dev libinih-dev libsoci-dev libsqlite3-dev)
# By what they provide: that is the same on Fedora and, with EPEL and CRB enabled, on RHEL and its rebuilds.
build_packages_fedora=(gcc-c++ cmake ninja-build pkgconf-pkg-config 'pkgconfig(fmt)' 'cmake(tl-expected)'
  'pkgconfig(openssl)' 'pkgconfig(libidn2)' 'pkgconfig(ldns)' 'pkgconfig(libcares)' unbound-devel 'pkgconfig(libseccomp)' 'pkgconfig(libpcre2-8)' 'cmake(nlohmann_json)' boost-devel
  'pkgconfig(libacl)' 'pkgconfig(inih)' soci-devel soci-sqlite3-devel 'pkgconfig(sqlite3)')
test_packages_debian=(clang clang-tidy clang-format doctest-dev amavisd-new mandoc shellcheck bind9 bind9-utils nsd unbound ldnsutils opendkim-tools strace tcpdump acl python3
  python3-dkim python3-dnspython python3-nacl libmail-dkim-perl openssl perl iproute2 util-linux git)

# Elsewhere: what is looked for, and what it belongs to.
needed_programs=(c++ cmake ninja pkg-config)
needed_headers=("fmt/format.h fmt" "tl/expected.hpp tl::expected" "openssl/evp.h OpenSSL 3" "idn2.h libidn2" "ldns/ldns.h ldns" "ares.h c-ares" "unbound.h libunbound" "seccomp.h libseccomp" "boost/process.hpp Boost.Process"
  "pcre2.h PCRE2" "nlohmann/json.hpp nlohmann-json" "boost/filesystem.hpp Boost.Filesystem" "sys/acl.h libacl" "ini.h inih"
  "soci/soci.h SOCI" "soci/sqlite3/soci-sqlite3.h SOCI with SQLite" "sqlite3.h SQLite 3")

# ---- installing it ----

# debian, fedora or other, those that descend from them included.
system_family() {
  local ids=''
  if [[ -r /etc/os-release ]]; then
    ids=$(. /etc/os-release && echo "${ID:-} ${ID_LIKE:-}")
  fi
  case " $ids " in
    *' debian '* | *' ubuntu '*) echo debian ;;
    *' fedora '* | *' rhel '* | *' centos '*) echo fedora ;;
    *) echo other ;;
  esac
}

# Never asks for a password.
as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

may_become_root() { [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null; }

install_debian() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  may_become_root || die "these packages are missing: ${missing[*]}" "run this as root, or install them yourself"
  say "installing ${missing[*]}"
  as_root apt-get -q -o DPkg::Lock::Timeout=300 update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install \
    --no-install-recommends "${missing[@]}"
}

install_fedora() {
  local package missing=()
  for package in "$@"; do
    rpm -q --whatprovides "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  may_become_root || die "these packages are missing: ${missing[*]}" "run this as root, or install them yourself"
  say "installing ${missing[*]}"
  as_root dnf -q -y install "${missing[@]}" ||
    die "dnf could not install them all" "on RHEL and its rebuilds enable EPEL and CRB first:" \
      "dnf install epel-release && crb enable"
}

list_missing() {
  local entry program missing=()
  for program in "${needed_programs[@]}"; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  if command -v c++ >/dev/null; then
    for entry in "${needed_headers[@]}"; do
      printf '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <sys/types.h>\n#include <%s>\n' "${entry%% *}" |
        c++ -std=c++20 -E -x c++ - >/dev/null 2>&1 || missing+=("${entry#* } (<${entry%% *}>)")
    done
  fi
  [[ ${#missing[@]} -eq 0 ]] || die "missing: $(printf '%s, ' "${missing[@]}" | sed 's/, $//')" \
    "how this system installs packages is not known here: install them, then run this again"
}

install_build_packages() {
  case $(system_family) in
    debian) install_debian "${build_packages_debian[@]}" ;;
    fedora) install_fedora "${build_packages_fedora[@]}" ;;
    other) list_missing ;;
  esac
}

# Runs a command while packages it installs start no services: no amavisd, no name server.
without_services() (
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]] && may_become_root; then
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  "$@"
)

install_test_packages() {
  local runtime
  [[ $(system_family) == debian ]] || die "the tests run on Debian and Ubuntu only" "the program builds elsewhere too"
  without_services install_debian "${build_packages_debian[@]}" "${test_packages_debian[@]}"
  # The sanitizers' runtime is named after clang's version, and a part of clang where it has no package of its own.
  runtime=libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev
  if apt-cache show "$runtime" >/dev/null 2>&1; then
    install_debian "$runtime"
  fi
}

/* A rollover on one host, as src/rollover/steps.cpp has it: two keys, two name servers that take over what was written
 * when they like, resolvers that keep an absence, a worker of amavisd that signs on for a while, a person who wants to
 * go back, and a dkimctl that may die between any two steps.
 *
 * Time goes by in ticks. Whatever signs at a tick leaves a message that is verified during VALID more of them; whatever
 * a resolver could be told at a tick it may keep for NEG more. Holds and retentions are counted by what is recorded.
 *
 * What must hold: as long as a message may be verified, every server serves its key and no resolver holds otherwise.
 * `check` runs it as it is, where nothing may be found, and with each rule left out, where something must be.
 */

#ifndef NEG
#define NEG 2
#endif
#ifndef VALID
#define VALID 2
#endif
#ifndef HOLD
#define HOLD NEG
#endif
#ifndef RETAIN
#define RETAIN VALID
#endif

#define OLD 0
#define NEW 1
#define NONE 2
#define SERVED(k) (srv[2 * (k)] && srv[2 * (k) + 1])
#ifdef ONESERVER
#define AGREE(k) (srv[2 * (k)])
#else
#define AGREE(k) SERVED(k)
#endif

/* the world */
bool master[2];  /* what was written: a record for each key */
bool srv[4];     /* what each server serves of it */
byte msg[2];     /* ticks that a message signed with the key may still be verified */
byte absent[2];  /* ticks that a resolver may still hold that there is no record */
byte signer = OLD;
byte worker = NONE;  /* signs on with the key of before the last reload */

/* the state of dkimctl: what is recorded survives its death */
byte chosen = OLD;
bool agreed[2];
byte held[2];
bool ready;
bool switching;
bool unused[2];
byte kept[2];
bool proposed[2];
bool ending[2];  /* the intent */
bool back;       /* a person wants the old key again */

inline count(counter, most)
{
  if
  :: counter < most -> counter++
  :: else
  fi
}

inline tick_of(k)
{
  if
  :: signer == k || worker == k -> msg[k] = VALID
  :: else ->
    if
    :: msg[k] > 0 -> msg[k]--
    :: else
    fi
  fi;
  if
  :: !SERVED(k) -> absent[k] = NEG
  :: else ->
    if
    :: absent[k] > 0 -> absent[k]--
    :: else
    fi
  fi;
  if
  :: agreed[k] -> count(held[k], HOLD)
  :: else
  fi;
  if
  :: unused[k] -> count(kept[k], RETAIN)
  :: else
  fi
}

proctype clock()
{
  do
  :: atomic { skip; tick_of(OLD); tick_of(NEW) }
  od
}

proctype servers()
{
  byte s;
  do
  :: atomic { select(s : 0 .. 3); srv[s] = master[s / 2] }
  od
}

proctype workers()
{
  do
  :: worker != NONE -> worker = NONE
  od
}

proctype person()
{
  atomic {
    chosen == NEW && !ending[OLD] -> back = true
  }
}

inline sign_with(k)
{
  atomic {
    msg[signer] = VALID; /* up to this moment */
    if
#ifndef NOWORKERS
    :: worker = signer
#endif
    :: skip
    fi;
    signer = k;
    msg[k] = VALID
  }
}

/* What a run sees before it does anything. */
inline look(k)
{
  atomic {
    if
    :: !ending[k] && AGREE(k) && !agreed[k] -> agreed[k] = true; held[k] = 0
    :: !ending[k] && !AGREE(k) ->
      agreed[k] = false; held[k] = 0;
      if
      :: k == NEW -> ready = false
      :: else
      fi
    :: else
    fi;
    if
#ifdef BLINDTOWORKERS
    :: chosen != k && signer != k && !unused[k] -> unused[k] = true; kept[k] = 0
#else
    :: chosen != k && signer != k && worker != k && !unused[k] -> unused[k] = true; kept[k] = 0
#endif
    :: chosen != k && signer == k && unused[k] -> unused[k] = false; kept[k] = 0
    :: else
    fi
  }
}

inline end_of(k, other)
{
  if
  :: chosen == other && signer == other && unused[k] && kept[k] >= RETAIN && AGREE(other) && !ending[k] &&
     !(k == OLD && back) && !switching ->
    if
#ifndef ONERUN
    :: !proposed[k] -> proposed[k] = true
#endif
    :: proposed[k] ->
#ifdef NOINTENT
      master[k] = false;
      if
      :: ending[k] = true
      :: skip /* died before */
      fi
#else
      ending[k] = true;
      if
      :: master[k] = false
      :: skip /* died before */
      fi
#endif
    fi
  :: ending[k] && master[k] -> master[k] = false
  :: else -> proposed[k] = false
  fi
}

/* One run. It may end after any of its steps: each step is one turn of the loop, and which one comes is not said. */
proctype dkimctl()
{
  do
  :: skip -> look(OLD)
  :: skip -> look(NEW)
  :: !master[NEW] && !ending[NEW] && chosen == OLD -> master[NEW] = true /* publish */
  :: agreed[NEW] && held[NEW] >= HOLD && chosen == OLD && !ending[NEW] && !ready && !back ->
    ready = true
  :: ready && !switching && chosen == OLD && agreed[NEW] && AGREE(NEW) && !ending[NEW] && !back -> /* switch */
    switching = true;
    if
    :: sign_with(NEW)
    :: skip /* died before */
    fi
  :: switching && signer == NEW -> atomic { chosen = NEW; switching = false; unused[NEW] = false }
  :: switching && signer == OLD -> switching = false /* undone */
#ifdef NOREFUSAL
  :: back && chosen == NEW && agreed[OLD] && AGREE(OLD) ->
#else
  :: back && chosen == NEW && agreed[OLD] && held[OLD] >= HOLD && AGREE(OLD) && !ending[OLD] ->
#endif
    sign_with(OLD);
    atomic { chosen = OLD; unused[OLD] = false; ready = false }
  :: skip -> end_of(OLD, NEW)
  :: back -> end_of(NEW, OLD)
  od
}

/* Is always ready to run, hence looks at every state. */
proctype monitor()
{
#ifdef REACH
  /* Something must be possible, or all of this proves nothing. */
  do
#if REACH == 1
  :: ending[OLD] && !srv[0] && !srv[1] && chosen == NEW -> assert(false)
#else
  :: back && chosen == OLD && ending[NEW] -> assert(false)
#endif
  od
#else
  do
  :: msg[OLD] > 0 && (!SERVED(OLD) || absent[OLD] > 0) -> assert(false)
  :: msg[NEW] > 0 && (!SERVED(NEW) || absent[NEW] > 0) -> assert(false)
  od
#endif
}

/* The old record has long been everywhere. */
init
{
  atomic {
    master[OLD] = true;
    srv[0] = true;
    srv[1] = true;
    absent[NEW] = NEG;
    run clock();
    run servers();
    run workers();
    run person();
    run dkimctl();
    run monitor()
  }
}

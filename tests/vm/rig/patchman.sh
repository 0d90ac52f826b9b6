#!/bin/bash
# patchman (PyPI) beside a night: its server on this machine, and reports sent to it as its client sends them (protocol 1). The
# client itself is not on PyPI; all it asks about a restart is whether /var/run/reboot-required is there, and else it leaves the
# answer to the server, which compares kernels.
#
# usage: patchman.sh WORK start                          installs it into WORK/patchman, once, and starts its server
#        patchman.sh WORK report HOST KERNEL REBOOT DEBIAN   reads packages from stdin, one a line: name version architecture
#        patchman.sh WORK says HOST                         what it says now: "green" or "restart required"
#        patchman.sh WORK stop
# shellcheck source=tests/vm/rig/lib.sh
. "$(dirname "$(readlink -f "$0")")/lib.sh"

version=4.0.21 port=8765
[ $# -ge 2 ] || { sed -n '/^# usage/,/^# shellcheck/{/shellcheck/d;s/^# //p}' "$0" >&2; exit 2; }
home=$(mkdir -p "$1/patchman" && cd "$1/patchman" && pwd) url=http://127.0.0.1:$port
shift

stop() {
  if [ -f "$home/pid" ]; then kill "$(cat "$home/pid")" 2>/dev/null || true; fi
  rm -f "$home/pid"
}

start() {
  if [ ! -e "$home/venv/installed" ]; then
    say "installing patchman $version (once)"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install -q "patchman==$version" whitenoise
    touch "$home/venv/installed"
  fi
  stop
  rm -f "$home/patchman.db"
  mkdir -p "$home/venv/etc/patchman"
  # Its own tasks run inside the request instead of a queue: a report is worked through before it is answered.
  cat >"$home/venv/etc/patchman/local_settings.py" <<S
DEBUG = True
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': '$home/patchman.db', 'OPTIONS': {'timeout': 30}}}
CACHES = {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}}
TIME_ZONE, SECRET_KEY, ALLOWED_HOSTS = 'UTC', 'for-one-night-only', ['127.0.0.1']
CELERY_TASK_ALWAYS_EAGER, RUN_GUNICORN, CACHE_MIDDLEWARE_SECONDS = True, False, 0
MAX_MIRRORS, MAX_MIRROR_FAILURES, DAYS_WITHOUT_REPORT, ERRATA_OS_UPDATES = 2, 14, 14, []
S
  "$home/venv/bin/patchman-manage" migrate >"$home/log" 2>&1 || { tail -n 5 "$home/log" >&2; die "patchman has no database"; }
  "$home/venv/bin/patchman-manage" runserver --noreload "127.0.0.1:$port" >>"$home/log" 2>&1 </dev/null &
  echo $! >"$home/pid"
  for _ in $(seq 300); do
    if curl -s -o "$home/probe" "$url/"; then return; fi
    sleep 0.2
  done
  die "patchman's server does not answer (see $home/log)"
}

report() { # HOST KERNEL REBOOT DEBIAN
  local name full arch rest epoch
  while read -r name full arch; do
    epoch='' rest=$full
    case $full in *:*) epoch=${full%%:*} rest=${full#*:} ;; esac
    case $rest in
      *-*) printf "'%s' '%s' '%s' '%s' '%s' 'deb'\n" "$name" "$epoch" "${rest%-*}" "${rest##*-}" "$arch" ;;
      *) printf "'%s' '%s' '%s' '' '%s' 'deb'\n" "$name" "$epoch" "$rest" "$arch" ;;
    esac
  done >"$home/packages"
  : >"$home/repos"
  curl -sS --fail -o "$home/answer" -F "host=$1" -F tags=Default -F "kernel=$2" -F arch=x86_64 -F protocol=1 -F "os=Debian $4" \
    -F report=1 -F "packages=<$home/packages" -F "repos=<$home/repos" -F "reboot=$3" "$url/reports/upload/"
}

says() { # HOST
  local said
  said=$("$home/venv/bin/patchman" -lh -H "$1" 2>>"$home/log" | sed -n 's/^Needs reboot *: *//p')
  case $said in
    False) echo green ;;
    True) echo 'restart required' ;;
    *) die "patchman does not know $1 (see $home/log)" ;;
  esac
}

case $1 in
  start | stop) "$1" ;;
  report) [ $# -eq 5 ] || die "report HOST KERNEL REBOOT DEBIAN"; report "$2" "$3" "$4" "$5" ;;
  says) [ $# -eq 2 ] || die "says HOST"; says "$2" ;;
  *) die "there is no command $1" ;;
esac

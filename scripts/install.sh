#!/bin/sh
# Installs claude-max-api into ~/.local/bin, or updates it there: fetches this system's binary from a release, checks it against the
# release's SHA256SUMS, starts it once, and only then puts it into place. Never asks for another user's rights.
set -eu

repository="" # filled in by the release
public_key="" # filled in by the release

usage() {
  cat <<'TEXT'
install.sh [--dir DIRECTORY] [--version X.Y.Z]

  --dir       where to put claude-max-api; ~/.local/bin by default
  --version   the release to install; the latest by default

Environment: CLAUDE_MAX_API_REPOSITORY, OWNER/NAME of the repository whose releases are used; CLAUDE_MAX_API_BASE_URL, an address that holds a
release's files, in place of GitHub's.
TEXT
}

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

# All is in functions, called at the very end: a script that arrived in part does nothing.
main() {
  dir=${HOME:-}/.local/bin
  version=""
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --dir | --version)
        if [ $# -lt 2 ] || [ -z "$2" ]; then fail "$1 needs a value"; fi
        if [ "$1" = --dir ]; then dir=$2; else version=${2#v}; fi
        shift 2
        ;;
      *) fail "does not know $1; it takes --dir and --version" ;;
    esac
  done
  case $dir in /.local/bin) fail "HOME is not set; say --dir DIRECTORY" ;; esac

  platform=$(detect_platform)
  file=claude-max-api-$platform
  base=$(base_url "$version")
  mkdir -p "$dir" 2>/dev/null || fail "cannot make $dir; choose another directory with --dir"
  [ -w "$dir" ] || fail "cannot write to $dir; choose another directory with --dir"
  dir=$(cd "$dir" && pwd)
  # mv would put the program into it.
  [ ! -d "$dir/claude-max-api" ] ||
    fail "$dir/claude-max-api is a folder; move it away, or choose another directory with --dir"

  # In the same directory, so that the last step is one rename.
  work=$dir/.claude-max-api-install.$$
  child=""
  trap clean_up EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mkdir "$work"

  fetch "$base/SHA256SUMS" "$work/SHA256SUMS"
  check_signature
  expected=$(awk -v file="$file" '$2 == file || $2 == "*" file { print $1 }' "$work/SHA256SUMS")
  [ -n "$expected" ] || fail "this release has no $file (see $base/SHA256SUMS)"
  # One that does not start, such as after a change of its mode, is put there anew.
  if [ -f "$dir/claude-max-api" ] && [ "$(sha256 "$dir/claude-max-api")" = "$expected" ] &&
    told=$("$dir/claude-max-api" --version 2>/dev/null); then
    printf 'claude-max-api %s is in %s already\n' "$told" "$dir"
  else
    install_binary
  fi
  tell_path
}

# The checksums are signed where the release has a key, which is in base64 as openssl has it between its two lines.
check_signature() {
  [ -n "$public_key" ] || return 0
  if ! command -v openssl >/dev/null; then
    printf 'The signature of SHA256SUMS is not checked: that needs openssl\n' >&2
    return 0
  fi
  fetch "$base/SHA256SUMS.sig" "$work/SHA256SUMS.sig"
  { printf '%s\n' '-----BEGIN PUBLIC KEY-----' && printf '%s\n' "$public_key" | fold -w 64 &&
    printf '%s\n' '-----END PUBLIC KEY-----'; } >"$work/key.pem"
  openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/SHA256SUMS.sig" "$work/SHA256SUMS" >/dev/null 2>&1 ||
    fail "the signature of SHA256SUMS is not that of this program's releases, and nothing was installed"
}

install_binary() {
  printf 'Fetching %s\n' "$base/$file"
  fetch "$base/$file" "$work/claude-max-api"
  found=$(sha256 "$work/claude-max-api")
  [ "$found" = "$expected" ] ||
    fail "the SHA-256 of $file is $found, and SHA256SUMS has $expected: it is damaged or not the real one, and was not installed"
  chmod 755 "$work/claude-max-api"
  if [ "${platform%%-*}" = darwin ] && command -v xattr >/dev/null; then
    xattr -d com.apple.quarantine "$work/claude-max-api" 2>/dev/null || :
  fi
  if ! told=$("$work/claude-max-api" --version 2>"$work/errors"); then
    cat "$work/errors" >&2
    case $platform in
      *-musl) fail "$file does not start here, and was not installed; it needs: apk add libstdc++ libgcc" ;;
      *) fail "$file does not start on this system, and was not installed" ;;
    esac
  fi
  mv -f "$work/claude-max-api" "$dir/claude-max-api"
  printf 'Installed claude-max-api %s in %s\n' "$told" "$dir"
}

# Prints such as linux-x64-musl.
detect_platform() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN*) fail "on Windows, use install.ps1 in PowerShell" ;;
    *) fail "there is no binary for $(uname -s): Linux, macOS and Windows have one" ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "there is no binary for the processor $(uname -m): x86_64 and arm64 have one" ;;
  esac
  # A shell that Rosetta translates takes an Apple processor for Intel's.
  if [ $os = darwin ] && [ $arch = x64 ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" = 1 ]; then
    arch=arm64
  fi
  if [ $os = linux ] && is_musl; then
    printf '%s-%s-musl\n' $os $arch
  else
    printf '%s-%s\n' $os $arch
  fi
}

is_musl() {
  # musl's ldd tells its name while it complains.
  case $(ldd --version 2>&1 || :) in *musl*) return 0 ;; esac
  [ -f /etc/alpine-release ]
}

base_url() {
  if [ -n "${CLAUDE_MAX_API_BASE_URL:-}" ]; then
    printf '%s\n' "${CLAUDE_MAX_API_BASE_URL%/}"
    return
  fi
  name=${CLAUDE_MAX_API_REPOSITORY:-$repository}
  [ -n "$name" ] || fail "does not know whose releases to use: take the install.sh of a release, or set CLAUDE_MAX_API_REPOSITORY to OWNER/NAME"
  if [ -n "$1" ]; then
    printf 'https://github.com/%s/releases/download/v%s\n' "$name" "$1"
  else
    printf 'https://github.com/%s/releases/latest/download\n' "$name"
  fi
}

# fetch ADDRESS FILE. In the background, so that an interruption is heeded at once.
fetch() {
  if command -v curl >/dev/null; then
    curl -fsSL --connect-timeout 30 --retry 2 -o "$2" "$1" &
  elif command -v wget >/dev/null; then
    wget -q -O "$2" "$1" &
  else
    fail "needs curl or wget"
  fi
  child=$!
  if ! wait "$child"; then
    child=""
    fail "could not fetch $1"
  fi
  child=""
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null; then
    openssl dgst -sha256 -r <"$1" | cut -d ' ' -f 1
  else
    fail "needs sha256sum, shasum or openssl to check what it fetched"
  fi
}

clean_up() {
  if [ -n "$child" ]; then kill "$child" 2>/dev/null || :; fi
  rm -rf "$work"
}

tell_path() {
  case :$PATH: in
    *:"$dir":*)
      first=$(command -v claude-max-api || :)
      [ "$first" = "$dir/claude-max-api" ] || printf 'Another one comes first on your PATH: %s\n' "$first"
      ;;
    *)
      printf '%s is not on your PATH. Put this into your shell'\''s profile:\n' "$dir"
      # What is printed is for the shell that reads it later.
      # shellcheck disable=SC2016
      printf '  export PATH="%s:$PATH"\n' "$(printf '%s\n' "$dir" | sed 's/[\\$"`]/\\&/g')"
      ;;
  esac
}

main "$@"

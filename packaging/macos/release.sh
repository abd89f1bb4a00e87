#!/bin/bash
# Packs, signs and notarises the program on a Mac, for handing out. From the project's folder, with
# Apple's command line tools and an installation for developers in .venv (CPython from python.org):
#
#     PRECHECK_SIGNING_IDENTITY='Developer ID Application: …' PRECHECK_NOTARY_PROFILE=precheck \
#         packaging/macos/release.sh
#
# PRECHECK_SIGNING_IDENTITY is a certificate in the keychain (`security find-identity -v -p
# codesigning` lists them), PRECHECK_NOTARY_PROFILE a name under which `xcrun notarytool
# store-credentials` has put the access to Apple's notary service there. No secret is in a file or
# on a command line.
set -euo pipefail
cd "$(dirname "$0")/../.."

refuse() {
  echo "release.sh: $1" >&2
  exit 2
}

[ -n "${PRECHECK_SIGNING_IDENTITY:-}" ] ||
  refuse "PRECHECK_SIGNING_IDENTITY has to name the certificate to sign with."
[ -n "${PRECHECK_NOTARY_PROFILE:-}" ] ||
  refuse "PRECHECK_NOTARY_PROFILE has to name the keychain profile for Apple's notary service."
[ "$(uname -s)" = Darwin ] || refuse "only a Mac can pack, sign and notarise for Macs."
[ -x .venv/bin/python ] || refuse "there is no installation for developers in .venv."

app=dist/precheck.app
version=$(.venv/bin/python -m precheck.agent.cli version)
zip=dist/precheck-$version-macos-$(uname -m).zip

# PyInstaller signs what it packs, each library first and the bundle last, as the specification
# tells it by PRECHECK_SIGNING_IDENTITY.
export PRECHECK_SIGNING_IDENTITY
.venv/bin/python -m PyInstaller --noconfirm --clean packaging/precheck.spec
codesign --verify --deep --strict --verbose=2 "$app"

rm -f "$zip"
ditto -c -k --keepParent "$app" "$zip"
xcrun notarytool submit "$zip" --keychain-profile "$PRECHECK_NOTARY_PROFILE" --wait
xcrun stapler staple "$app"
xcrun stapler validate "$app"
spctl --assess --type execute --verbose "$app"

# Once more, now with Apple's ticket in it, so that it also opens without the Internet.
rm -f "$zip"
ditto -c -k --keepParent "$app" "$zip"
echo "$zip"

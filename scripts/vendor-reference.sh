#!/usr/bin/env bash
# Downloads the component that shows the API reference with npm, and writes it and its licence to internal/web/reference.
# Nothing else needs npm or Node, because the result is committed. For a new version, change the four lines below; if a hash
# differs, the script prints the new one.
set -euo pipefail

version=1.72.1
published=bf091006bdc3af6067af77c2f534812e3e633e94a94e87138069f570f33b762c # SHA-256 of dist/browser/standalone.js
generator=0.10.2                                                           # of the samples, whose LICENSE is the one of all Scalar packages
vendored=78984be5ba9a69de3b03c1042cc8a624a21503fb51bd1f94ade444a7099a3893 # SHA-256 of the script after the changes below

target=$(cd "$(dirname "$0")/../internal/web/reference" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "@scalar/api-reference@$version" "@scalar/snippetz@$generator" >/dev/null
tar xzf "scalar-api-reference-$version.tgz" package/dist/browser/standalone.js
tar xzf "scalar-snippetz-$generator.tgz" package/LICENSE

# check FILE HASH
check() {
  local found
  found=$(sha256sum "$1" | cut -d' ' -f1)
  [ "$found" = "$2" ] || { echo "$1 has the SHA-256 $found, not $2" >&2; exit 1; }
}
check package/dist/browser/standalone.js "$published"

# Changes to the component: samples that would not run, and the order of the languages, which has no setting. Each text to
# change occurs once.
cat >change.js <<'JS'
const fs = require('fs')
const [from, to] = process.argv.slice(2)
let text = fs.readFileSync(from, 'utf8')
const change = (why, before, after) => {
  if (text.split(before).length !== 2) throw new Error(`${why}: the text to change does not occur exactly once`)
  text = text.replace(before, () => after)
}
change('C#: the type of the Authorization header is in a namespace that is not implied',
  'a.push(`using var client = new HttpClient();`)', 'a.push(`using System.Net.Http.Headers;`,``,`using var client = new HttpClient();`)')
change('Dart: an apostrophe in the body would end the string', "body = r'${n.postData.text}';", "body = r'''${n.postData.text}''';")
change('HTTP: the host goes with its port', 'n?.hostname||`UNKNOWN_HOSTNAME`', 'n?.host||`UNKNOWN_HOSTNAME`')
change('Ruby: backslashes in the body would be taken for its own', '<<~JSON`', "<<~'JSON'`")
change('the languages in our order', 'clients(){return RW}',
  'clients(){let e=`shell,js,java,swift,go,php,python,http,c,csharp,objc,ruby,ocaml,dart,r`.split(`,`);return[...RW].sort((t,n)=>e.indexOf(t.key)-e.indexOf(n.key))}')
change('the languages that have a tab of their own', '`shell/curl`,`ruby/native`,`node/undici`,`php/guzzle`,`python/python3`',
  '`shell/curl`,`js/fetch`,`java/nethttp`,`go/native`,`python/python3`')
change('no source map is served', '\n//# sourceMappingURL=standalone.js.map', '')
fs.writeFileSync(to, text)
JS
node change.js package/dist/browser/standalone.js scalar.js
check scalar.js "$vendored"
gzip -9nc scalar.js >"$target/scalar.js.gz"
cp package/LICENSE "$target/LICENSE"

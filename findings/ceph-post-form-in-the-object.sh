#!/bin/sh
# Ceph RADOS Gateway 16.2.15, an S3 server, and files that curl sends to it with a POST form as boto3 presigns it: a file that
# is some ten bytes short of 4 MiB is stored with a part of the form behind its last byte. Where one or two bytes are
# missing to 4 MiB that is the line end, where a few more are, it is the form's closing boundary in full. The answer is 204 all
# the same. Shorter and longer files are stored as they are, and so is each of these with PUT.
# Expected: the object is the file, byte for byte, whatever its size.
set -eu
version=16.2.15+ds-0+deb12u2
if ! command -v radosgw >/dev/null; then
  apt-get install -y -qq --no-install-recommends radosgw=$version ceph-mon=$version ceph-osd=$version ceph-common=$version \
    python3-boto3=1.26.27+dfsg-1 curl >/dev/null
fi
work=$(mktemp -d)
daemons=
stop() {
  for daemon in $daemons; do kill "$daemon" && wait "$daemon" || true; done 2>/dev/null
  rm -rf "$work"
}
trap stop EXIT
cd "$work"
mkdir mon osd
port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
monitor=$(port)
gateway=$(port)
cluster=$(cat /proc/sys/kernel/random/uuid)
cat >ceph.conf <<CONF
[global]
fsid = $cluster
mon host = [v1:127.0.0.1:$monitor]
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd class update on start = false
osd crush update on start = false
mon max pg per osd = 1000
mon allow pool size one = true
bluestore block create = true
bluestore block size = 4294967296
run dir = $work
admin socket = $work/\$name.asok
pid file = $work/\$name.pid
log file = $work/\$name.log
log to stderr = false
[mon.a]
mon data = $work/mon
[osd.0]
osd data = $work/osd
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$gateway
CONF
export CEPH_ARGS="-c $work/ceph.conf"
until_works() {
  tries=120
  until timeout 5 sh -c "$1" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "Ceph does not start: $1" >&2; exit 2; }
    sleep 0.5
  done
}
monmaptool --create --addv a "[v1:127.0.0.1:$monitor]" --fsid "$cluster" map >/dev/null
ceph-mon -i a --mkfs --monmap map
ceph-mon -i a -f >mon.out 2>&1 & daemons="$!"
until_works 'ceph --connect-timeout 3 -s'
store=$(cat /proc/sys/kernel/random/uuid)
ceph osd new "$store" 0 >/dev/null
ceph-osd -i 0 --mkfs --osd-uuid "$store" >osd.out 2>&1
ceph-osd -i 0 -f >>osd.out 2>&1 & daemons="$! $daemons"
until_works 'ceph osd stat | grep -q "1 up"'
ceph osd crush add osd.0 1.0 root=default host=localhost 2>/dev/null
radosgw -n client.rgw.a -f >rgw.out 2>&1 & daemons="$! $daemons"
until_works "curl -fs http://127.0.0.1:$gateway/"
radosgw-admin -n client.rgw.a user create --uid=finding --display-name=finding --access-key=finding --secret-key=finding >user.json 2>&1
radosgw --version | cut -d' ' -f1-3
cat >upload.py <<'PY'
import subprocess
import sys

import boto3
from botocore.config import Config

FOUR_MIB = 4 * 1024 * 1024
endpoint = sys.argv[1]
s3 = boto3.client(
    "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="finding", aws_secret_access_key="finding",
    config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
)
s3.create_bucket(Bucket="data")
form = s3.generate_presigned_post("data", "posted")
fields = [part for name, value in form["fields"].items() for part in ("-F", f"{name}={value}")]


def stored(key):
    return s3.get_object(Bucket="data", Key=key)["Body"].read()


def post(content):
    with open("rows.csv", "wb") as file:
        file.write(content)
    curl = ["curl", "-sS", "-o", "answer", "-w", "%{http_code}", *fields, "-F", "file=@rows.csv", f"{endpoint}/data"]
    return subprocess.run(curl, check=True, capture_output=True, text=True).stdout


def behind(tail):
    if tail.startswith(b"\r\n--") and tail.endswith(b"--\r\n"):
        return "the closing boundary"
    return {b"": "nothing", b"\r\n": "a line end"}.get(tail, repr(tail))


seen = []
for short in (1000, 10, 3, 2, 1, 0, -1):
    content = b"1|a\n" * (FOUR_MIB // 4 + 1)
    content = content[: FOUR_MIB - short]
    status = post(content)
    came = stored("posted")
    seen.append((status, came[: len(content)] == content, behind(came[len(content) :])))
    print(f"POST of 4 MiB less {short} bytes: {status}, {len(content)} sent, {len(came)} stored, behind the file: {seen[-1][2]}")
    s3.put_object(Bucket="data", Key="put", Body=content)
    seen.append(stored("put") == content)
print(f"PUT of the same seven: all as sent: {all(seen[1::2])}")
tails = ["nothing", "the closing boundary", "the closing boundary", "a line end", "a line end", "nothing", "nothing"]
as_found = all(seen[1::2]) and seen[::2] == [("204", True, tail) for tail in tails]
print("As found: some sizes get a part of the form." if as_found else "This has changed.")
sys.exit(0 if as_found else 1)
PY
/usr/bin/python3 upload.py "http://127.0.0.1:$gateway"

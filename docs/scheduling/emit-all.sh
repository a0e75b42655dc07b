#!/bin/sh
# Emits many folders at once, one process each, with GNU parallel:
#   emit-all.sh /srv/states/*/cqube_emission
# Beside each emission folder lie `endpoint` (an address) and `token`. Ends with the number of folders that were not
# emitted completely; `emission.joblog` has the exit code of each.
set -eu
exec parallel --will-cite --jobs "${JOBS:-4}" --joblog emission.joblog --tagstring {//} \
  'cqube-emission emit --quiet --endpoint "$(cat {//}/endpoint)" --token-file {//}/token --log-file {//}/emission.log {}' \
  ::: "$@"

#!/usr/bin/env bash
# Checks the alert rules by promtool, of Debian's package prometheus, and tries them on the numbers in deploy/prometheus/alerts.test.yaml. Without
# promtool it does nothing: a Go test reads the rules by Prometheus' parser all the same.
set -euo pipefail
cd "$(dirname "$0")/../deploy/prometheus"
command -v promtool >/dev/null || { echo "promtool is not installed: the alerts are not tried"; exit 0; }
promtool check rules alerts.yaml
promtool test rules alerts.test.yaml

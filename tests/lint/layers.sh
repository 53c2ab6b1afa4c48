#!/usr/bin/env bash
# The includes follow the table in src/README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec scripts/check-layers

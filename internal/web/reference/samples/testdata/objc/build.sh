#!/bin/sh
# Compiles sample.m of this folder's caller with clang, whose blocks and literals GCC lacks, against GCC's runtime.
set -eu
here=$(dirname "$0")
include=$(dirname "$(gcc -print-file-name=include/objc/objc.h)")
exec clang -w -fblocks -fobjc-runtime=gcc -fconstant-string-class=NSConstantString -fexceptions -fobjc-exceptions \
  -D_NATIVE_OBJC_EXCEPTIONS -DGNUSTEP -DGNUSTEP_BASE_LIBRARY=1 -DGNU_RUNTIME=1 \
  -I"$here" -I/usr/include/GNUstep -I"$include/.." -include URLSession.h \
  -o sample sample.m -L"$include/../.." -lgnustep-base -lobjc -lBlocksRuntime

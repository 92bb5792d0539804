/* Read by GNUstep where a compiler knows blocks; with libBlocksRuntime nothing is to be said. */

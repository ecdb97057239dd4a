/// What the library inside a watched program records, for `lockstep run` to read from outside.
#ifndef CLOCKSTEP_WATCH_H
#define CLOCKSTEP_WATCH_H

#include <stdint.h>

/// Tells a table of another version of the library apart.
#define LKW_VERSION 1u

#endif

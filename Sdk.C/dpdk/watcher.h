/* SPDX-License-Identifier: MIT */
/* The plugin's own thread: it starts the library, adds callbacks, and looks after pollers. */
#ifndef WATCHER_H
#define WATCHER_H

/* What became of the plugin as a whole. */
enum watcher_phase { WATCHER_NO_PORTS, WATCHER_NO_LIBRARY, WATCHER_WRONG_SETTINGS, WATCHER_RUNS };

/* The phase, in a word for telemetry, and the error that led to it; "" where none did. */
enum watcher_phase watcher_phase(const char **word, const char **error);

/* Starts it; the application's signals are not its business. */
void watcher_start(void);

/* Milliseconds between its looks. */
#define WATCHER_PERIOD_MS 50

/* One look at all polling threads: look.c. */
void watcher_look_at_all(void);

#endif

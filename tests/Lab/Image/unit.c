// unit FOLDER PROGRAM [ARGUMENT...]: keeps a service as systemd keeps one of Type=notify with Restart=on-failure and a descriptor store.
// FOLDER/notify is its NOTIFY_SOCKET; FOLDER/ready is there while it says that it is ready, FOLDER/status has what it last said of itself,
// FOLDER/stored how many descriptors are kept. SIGHUP is passed on (reload), SIGUSR1 restarts it, SIGTERM ends both.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = 3, MOST = 512 };

static struct { int descriptor; char name[256]; } stored[MOST];
static int count;
static char folder[64];

static void note(const char *file, const char *text)
{
	char path[128];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (descriptor >= 0) {
		dprintf(descriptor, "%s\n", text);
		close(descriptor);
	}
}

static void note_stored(void)
{
	char text[16];
	snprintf(text, sizeof text, "%d", count);
	note("stored", text);
}

static void forget(void)
{
	char path[128];
	snprintf(path, sizeof path, "%s/ready", folder);
	unlink(path);
}

static void put_away(int descriptor, const char *name)
{
	if (count == MOST) {
		close(descriptor);
		return;
	}

	stored[count].descriptor = descriptor;
	snprintf(stored[count++].name, sizeof stored[0].name, "%s", name ? name : "stored");
}

static void throw_away(const char *name)
{
	for (int i = count - 1; i >= 0; i--) {
		if (!strcmp(stored[i].name, name)) {
			close(stored[i].descriptor);
			stored[i] = stored[--count];
		}
	}
}

// Lines "NAME=VALUE" with descriptors beside them.
static void hear(int notify)
{
	char text[4096], control[CMSG_SPACE(sizeof(int) * 64)];
	struct iovec part = { text, sizeof text - 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	ssize_t length = recvmsg(notify, &message, MSG_CMSG_CLOEXEC);
	if (length < 0)
		return;

	text[length] = 0;
	const char *name = NULL;
	int store = 0, discard = 0;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		if (!strcmp(line, "READY=1"))
			note("ready", "ready");
		else if (!strncmp(line, "STATUS=", 7))
			note("status", line + 7);
		else if (!strcmp(line, "FDSTORE=1"))
			store = 1;
		else if (!strcmp(line, "FDSTOREREMOVE=1"))
			discard = 1;
		else if (!strncmp(line, "FDNAME=", 7))
			name = line + 7;
	}

	if (discard && name)
		throw_away(name);
	for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < (part->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++) {
			int descriptor;
			memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof descriptor);
			if (store)
				put_away(descriptor, name);
			else
				close(descriptor);
		}
	}

	note_stored();
}

// With the stored descriptors from 3 on, and their names.
static pid_t start(char **program)
{
	forget();
	pid_t child = fork();
	if (child)
		return child;

	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	char names[MOST * 64] = "", number[16];
	for (int i = 0; i < count; i++) {
		// Out of the way first: some may stand where others belong.
		stored[i].descriptor = fcntl(stored[i].descriptor, F_DUPFD_CLOEXEC, FIRST + MOST);
		snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ":" : "", stored[i].name);
	}

	for (int i = 0; i < count; i++)
		dup2(stored[i].descriptor, FIRST + i);
	if (count) {
		snprintf(number, sizeof number, "%d", count);
		setenv("LISTEN_FDS", number, 1);
		setenv("LISTEN_FDNAMES", names, 1);
		snprintf(number, sizeof number, "%d", getpid());
		setenv("LISTEN_PID", number, 1);
	}

	execvp(program[0], program);
	perror(program[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (argc < 3)
		return 125;
	snprintf(folder, sizeof folder, "%s", argv[1]);
	snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", folder);
	unlink(address.sun_path);
	int notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	mode_t mask = umask(0);
	if (notify < 0 || bind(notify, (struct sockaddr *)&address, sizeof address)) {
		perror("unit");
		return 125;
	}

	umask(mask);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	int signal_descriptor = signalfd(-1, &signals, SFD_CLOEXEC);
	int ending = 0, restarting = 0;
	pid_t child = start(argv + 2);
	for (;;) {
		struct pollfd wait[] = { { notify, POLLIN, 0 }, { signal_descriptor, POLLIN, 0 } };
		if (poll(wait, 2, -1) < 0 && errno != EINTR)
			return 125;
		if (wait[0].revents)
			hear(notify);
		if (!(wait[1].revents & POLLIN))
			continue;

		struct signalfd_siginfo signal;
		if (read(signal_descriptor, &signal, sizeof signal) != sizeof signal)
			continue;
		if (signal.ssi_signo == SIGHUP) {
			kill(child, SIGHUP);
		} else if (signal.ssi_signo != SIGCHLD) {
			ending |= signal.ssi_signo == SIGTERM;
			restarting |= signal.ssi_signo == SIGUSR1;
			kill(child, SIGTERM);
		}

		int status;
		if (waitpid(child, &status, WNOHANG) != child)
			continue;

		// What it sent before its end is still there.
		for (struct pollfd rest = { notify, POLLIN, 0 }; poll(&rest, 1, 0) > 0;)
			hear(notify);
		forget();
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (ending || (!status && !restarting))
			return status;
		restarting = 0;
		child = start(argv + 2);
	}
}

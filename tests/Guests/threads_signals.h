/* Of threads.c: system calls that signals interrupt, and signals that are blocked. */
static volatile int result, error;
static struct timespec request, rest;

static void *sleeper(void *unused)
{
	tids[1] = gettid();
	__atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
	result = nanosleep(&request, &rest);
	error = errno;
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
	return unused;
}

static void *reader(void *unused)
{
	char byte;

	tids[1] = gettid();
	__atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
	result = (int)read(fds[0], &byte, 1);
	error = errno;
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
	return unused;
}

static pthread_t start(void *(*body)(void *))
{
	pthread_t thread;

	turn = done = 0;
	CHECK(pthread_create(&thread, NULL, body, NULL) == 0);
	while (!__atomic_load_n(&turn, __ATOMIC_ACQUIRE))
		usleep(1000);
	usleep(10000);
	return thread;
}

static void restart(void)
{
	pthread_t thread;

	/* nanosleep: a handler ends it whatever SA_RESTART says, and the rest is told; an ignored signal does not. */
	handle(SIGUSR1, SA_RESTART);
	request.tv_sec = 30, request.tv_nsec = 0, rest.tv_sec = 77;
	thread = start(sleeper);
	CHECK(tell(tids[1], SIGUSR1) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(result == -1 && error == EINTR && handled[SIGUSR1] == 1);
	CHECK(rest.tv_sec >= 20 && rest.tv_sec < 30);

	signal(SIGUSR2, SIG_IGN);
	request.tv_sec = 0, request.tv_nsec = 200000000;
	thread = start(sleeper);
	CHECK(tell(tids[1], SIGUSR2) == 0);
	CHECK(tell(tids[1], SIGCHLD) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(result == 0);

	/* read: SA_RESTART goes on waiting, without it EINTR. */
	CHECK(pipe2(fds, 0) == 0);
	handled[SIGUSR1] = 0;
	thread = start(reader);
	CHECK(tell(tids[1], SIGUSR1) == 0);
	usleep(120000);
	CHECK(handled[SIGUSR1] == 1 && !__atomic_load_n(&done, __ATOMIC_ACQUIRE));
	CHECK(write(fds[1], "x", 1) == 1);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(result == 1);
	handle(SIGUSR1, 0);
	thread = start(reader);
	CHECK(tell(tids[1], SIGUSR1) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(result == -1 && error == EINTR);
}

static void *reader_of_two(void *unused)
{
	int both = handled[SIGUSR2] + 1;

	reader(unused);
	while (handled[SIGUSR2] < both)
		usleep(1000);
	return unused;
}

/* Two signals at once, the first without SA_RESTART, the second with: the read ends with EINTR, and both handlers run whole. */
static void two_signals(void)
{
	int round;

	CHECK(pipe2(fds, 0) == 0);
	handle(SIGUSR1, 0);
	handle(SIGUSR2, SA_RESTART);
	for (round = 1; round <= 30; round++) {
		pthread_t thread = start(reader_of_two);

		CHECK(tell(tids[1], SIGUSR1) == 0);
		CHECK(tell(tids[1], SIGUSR2) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
		CHECK(result == -1 && error == EINTR);
		CHECK(handled[SIGUSR1] == round && handled[SIGUSR2] == round);
	}
}

static void *block_all(void *unused)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	tids[1] = gettid();
	__atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
		usleep(1000);
	CHECK(handled[SIGUSR1] == 0 && handled[SIGUSR2] == 0);
	pthread_sigmask(SIG_UNBLOCK, &all, NULL);
	CHECK(handled[SIGUSR1] == 1 && handled[SIGUSR2] == 1);
	return unused;
}

static void blocked_signals(void)
{
	pthread_t thread;
	int i;

	handle(SIGUSR1, 0);
	handle(SIGUSR2, 0);
	thread = start(block_all);
	for (i = 0; i < 1000; i++) {
		CHECK(tell(tids[1], SIGUSR1) == 0);
		CHECK(tell(tids[1], SIGUSR2) == 0);
	}
	__atomic_store_n(&done, 1, __ATOMIC_RELEASE);
	CHECK(pthread_join(thread, NULL) == 0);
}

/* Of threads.c: mutexes, conditions, pipes and clocks. */
static void *pong(void *rounds)
{
	long i;

	for (i = 0; i < (long)rounds; i++) {
		while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != 1)
			syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
		__atomic_store_n(&turn, 0, __ATOMIC_RELEASE);
		syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	}
	return NULL;
}

static void ping_pong(void)
{
	pthread_t thread;
	int i;

	CHECK(pthread_create(&thread, NULL, pong, (void *)1000) == 0);
	for (i = 0; i < 1000; i++) {
		__atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
		syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
		while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != 0)
			syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
	}
	CHECK(pthread_join(thread, NULL) == 0);
}

static void *count_up(void *unused)
{
	pthread_mutex_lock(&mutex);
	counter++;
	pthread_mutex_unlock(&mutex);
	return unused;
}

static void create_join(int times)
{
	int i;

	for (i = 0; i < times; i++) {
		pthread_t thread;
		void *result;

		CHECK(pthread_create(&thread, NULL, count_up, (void *)(long)i) == 0);
		CHECK(pthread_join(thread, &result) == 0 && result == (void *)(long)i);
	}
	CHECK(counter == times);
}

static void *wake_later(void *unused)
{
	usleep(30000);
	pthread_mutex_lock(&mutex);
	done = 1;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
	return unused;
}

static void conditions(void)
{
	struct timespec until;
	pthread_t thread;
	long start = now_ms();

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 60000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&mutex);
	CHECK(pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT);
	CHECK(now_ms() - start >= 50);
	until.tv_sec += 60;
	CHECK(pthread_create(&thread, NULL, wake_later, NULL) == 0);
	while (!done)
		CHECK(pthread_cond_timedwait(&cond, &mutex, &until) == 0);
	pthread_mutex_unlock(&mutex);
	CHECK(pthread_join(thread, NULL) == 0);
	until.tv_sec = 0;
	pthread_mutex_lock(&mutex);
	CHECK(pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT);
	pthread_mutex_unlock(&mutex);
}

static int fds[2];

static void *pipe_writer(void *unused)
{
	static char block[10000];
	int i;

	for (i = 0; i < 100; i++) {
		size_t at = 0;

		memset(block, i, sizeof(block));
		while (at < sizeof(block)) {
			ssize_t n = write(fds[1], block + at, sizeof(block) - at);

			CHECK(n > 0);
			at += (size_t)n;
		}
	}
	close(fds[1]);
	return unused;
}

static void pipes(void)
{
	pthread_t thread;
	static char block[7777];
	long total = 0;
	ssize_t n, i;

	CHECK(pipe2(fds, O_CLOEXEC) == 0);
	CHECK(pthread_create(&thread, NULL, pipe_writer, NULL) == 0);
	while ((n = read(fds[0], block, sizeof(block))) > 0)
		for (i = 0; i < n; i++, total++)
			CHECK(block[i] == (char)(total / 10000));
	CHECK(n == 0 && total == 1000000);
	CHECK(pthread_join(thread, NULL) == 0);
	close(fds[0]);
}

static void clocks(void)
{
	struct timespec a, b, rest;
	int i;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (i = 0; i < 100; i++) {
		clock_gettime(CLOCK_MONOTONIC, &b);
		CHECK(b.tv_sec > a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec));
		a = b;
	}
	b.tv_sec = 0, b.tv_nsec = 20000000;
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &b, &rest) == 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	CHECK((b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec >= 20000000);
	b.tv_nsec += 20000000;
	b.tv_sec += b.tv_nsec / 1000000000;
	b.tv_nsec %= 1000000000;
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &b, NULL) == 0);
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &a, NULL) == 0);
	b.tv_nsec = 1000000000;
	CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &b, NULL) == EINVAL);
	CHECK(clock_gettime(99, &b) == -1 && errno == EINVAL);
}

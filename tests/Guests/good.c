/* A well-behaved guest: libc, heap, a thread, output; exits with the status it is told. */
#include "guest.h"
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static void *add(void *argument)
{
	++*(int *)argument;
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int count = 41;
	char *heap = malloc(100000);

	CHECK(heap);
	memset(heap, 7, 100000);
	CHECK(pthread_create(&thread, NULL, add, &count) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	CHECK(count == 42);
	printf("good %d\n", count);
	return argc > 1 ? atoi(argv[1]) : 0;
}

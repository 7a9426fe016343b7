/* Runs the kernel module's policy on a script of lines, each answered with one:
 * E kHz-now pstates fastest slowest rate burst flags reserved kHz...: an entry, 64 frequencies; is it valid?
 * C now op argument pinned kernel: a call; kernel is -1 where the driver fails, 0 where it does as told, else the kHz that it sets instead. Answered with
 * reply, target, verdict, reason, P-state in force and wish, as hook.c and clock.c put the parts together. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include "policy.h"

static struct pollscale_kvm_grant entry;
static struct ps_budget budget;
static int wish;
static uint32_t khz;

static int read_entry(FILE *script)
{
	struct pollscale_kvm_grant empty = { .size = sizeof empty, .version = POLLSCALE_KVM_VERSION };
	uint64_t reserved;
	entry = empty;
	if (fscanf(script, "%" SCNu32 "%" SCNu32 "%" SCNu32 "%" SCNu32 "%" SCNu32 "%" SCNu32 "%" SCNu32 "%" SCNu64, &khz, &entry.pstates, &entry.fastest, &entry.slowest,
		&entry.calls_per_second, &entry.burst, &entry.flags, &reserved) != 8)
		return 0;
	entry.reserved = reserved;
	for (int i = 0; i < POLLSCALE_KVM_MAX_PSTATES; i++)
		if (fscanf(script, "%" SCNu32, &entry.khz[i]) != 1)
			return 0;
	wish = PS_NO_WISH;
	if (ps_entry_is_valid(&entry))
		ps_budget_fill(&budget, entry.calls_per_second, entry.burst);
	printf("%d\n", ps_entry_is_valid(&entry));
	return 1;
}

static struct ps_decision decide(struct ps_request *request, uint64_t now, int64_t kernel)
{
	if (!ps_budget_pay(&budget, now))
		return ps_refuse(PS_THROTTLED, POLLSCALE_KVM_THROTTLED, POLLSCALE_KVM_BUDGET_SPENT);
	if (!ps_allows(&entry, request))
		return ps_decide(&entry, request);
	struct ps_decision decision = ps_change(&entry, request);
	if (kernel < 0)
		return ps_refuse(PS_BACKEND_FAILED, POLLSCALE_KVM_BACKEND_FAILED, POLLSCALE_KVM_BACKEND_FAILURE);
	wish = decision.target;
	khz = kernel ? (uint32_t)kernel : entry.khz[decision.target];
	ps_settle(&decision, ps_nearest(&entry, khz));
	return decision;
}

static int read_call(FILE *script)
{
	uint64_t now, op;
	int64_t argument, kernel;
	int pinned;
	if (fscanf(script, "%" SCNu64 "%" SCNu64 "%" SCNd64 "%d%" SCNd64, &now, &op, &argument, &pinned, &kernel) != 5)
		return 0;
	struct ps_request request = { .op = op, .argument = argument, .in_force = ps_nearest(&entry, khz), .wish = wish, .pinned = pinned };
	struct ps_decision decision = decide(&request, now, kernel);
	printf("%lld %d %u %u %d %d\n", (long long)decision.reply, decision.target, decision.verdict, decision.reason, ps_nearest(&entry, khz), wish);
	return 1;
}

int main(int argc, char **argv)
{
	FILE *script = argc == 2 ? fopen(argv[1], "r") : NULL;
	char kind;
	if (!script)
		return 2;
	while (fscanf(script, " %c", &kind) == 1)
		if (kind == 'E' ? !read_entry(script) : kind == 'C' ? !read_call(script) : 1)
			return 1;
	return 0;
}

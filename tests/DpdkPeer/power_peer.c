/* A DPDK guest: drives lcore 0 over its guest channel by librte_power and prints the return value of every call.
 * A reply is read after each command, as an application that cares would; librte_power itself never reads one. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <rte_eal.h>
#include <rte_power.h>
#include <rte_power_guest_channel.h>

#define LCORE 0

static unsigned answer(void)
{
	struct rte_power_channel_packet packet;

	memset(&packet, 0xa5, sizeof(packet));
	/* receive_msg waits 10 ms; the host may be slower on a busy machine. */
	for (int attempt = 0; attempt < 200; attempt++)
		if (rte_power_guest_channel_receive_msg(&packet, sizeof(packet), LCORE) == 0)
			return packet.command;
	return 0;
}

static unsigned frequency(uint32_t command)
{
	struct rte_power_channel_packet query;
	struct rte_power_channel_packet_freq_list list;

	memset(&query, 0, sizeof(query));
	query.command = command;
	query.resource_id = LCORE;
	strcpy(query.vm_name, "vm0");
	if (rte_power_guest_channel_send_msg(&query, LCORE) != 0)
		return 1;
	memset(&list, 0xa5, sizeof(list));
	for (int attempt = 0; attempt < 200; attempt++)
		if (rte_power_guest_channel_receive_msg(&list, sizeof(list), LCORE) == 0)
			return list.command == RTE_POWER_FREQ_LIST ? list.freq_list[LCORE] : 2;
	return 3;
}

static void scale(const char *name, rte_power_freq_change_t change)
{
	int result = change(LCORE);
	unsigned command = answer();

	printf("%s %d %s %u\n", name, result,
	       command == RTE_POWER_CMD_ACK ? "ack" : command == RTE_POWER_CMD_NACK ? "nack" : "none",
	       frequency(RTE_POWER_QUERY_FREQ));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct rte_power_channel_packet policy;

	if (rte_eal_init(argc, argv) < 0 || rte_power_set_env(PM_ENV_KVM_VM) != 0 || rte_power_init(LCORE) != 0) {
		fprintf(stderr, "librte_power found no guest channel\n");
		return 1;
	}
	printf("first %u\n", frequency(RTE_POWER_QUERY_FREQ));
	scale("max", rte_power_freq_max);
	scale("down", rte_power_freq_down);
	scale("down", rte_power_freq_down);
	scale("up", rte_power_freq_up);
	scale("min", rte_power_freq_min);
	scale("up", rte_power_freq_up);
	scale("enable_turbo", rte_power_freq_enable_turbo);
	scale("disable_turbo", rte_power_freq_disable_turbo);
	scale("max", rte_power_freq_max);
	memset(&policy, 0, sizeof(policy));
	policy.command = RTE_POWER_PKT_POLICY;
	policy.policy_to_use = RTE_POWER_POLICY_TIME;
	printf("policy %d", rte_power_guest_channel_send_msg(&policy, LCORE));
	printf(" %s\n", answer() == RTE_POWER_CMD_NACK ? "nack" : "other");
	printf("list %u\n", frequency(RTE_POWER_QUERY_FREQ_LIST));
	rte_power_exit(LCORE);
	return 0;
}

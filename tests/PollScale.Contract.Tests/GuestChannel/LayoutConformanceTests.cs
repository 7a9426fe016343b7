using PollScale.GuestChannel;
using PollScale.Tests.Shared;
using Xunit;

namespace PollScale.Tests.GuestChannel;

/// <summary>The packets' layout against DPDK's own header.</summary>
public class LayoutConformanceTests
{
    private const string Header = "/usr/include/dpdk/rte_power_guest_channel.h";

    [Fact]
    public void Layouts_and_codes_are_those_of_the_header()
    {
        Assert.SkipWhen(CCompiler.Missing is not null, CCompiler.Missing ?? "");
        Assert.SkipUnless(File.Exists(Header), $"{Header} is missing: apt-get install libdpdk-dev.");
        List<string> checks = [];
        Struct("rte_power_channel_packet", typeof(ChannelPacketLayout), GuestChannelAbi.PacketBytes, new()
        {
            ["NumVcpu"] = "num_vcpu",
            ["TBoostStatus"] = "t_boost_status.tbEnabled",
        });
        Struct("rte_power_channel_packet_freq_list", typeof(FreqListLayout), GuestChannelAbi.FreqListBytes, []);
        Struct("rte_power_channel_packet_caps_list", typeof(CapsListLayout), GuestChannelAbi.CapsListBytes, []);
        Codes<ChannelCommand>(new()
        {
            [ChannelCommand.CpuPower] = "RTE_POWER_CPU_POWER",
            [ChannelCommand.Connect] = "RTE_POWER_CPU_POWER_CONNECT",
            [ChannelCommand.PktPolicy] = "RTE_POWER_PKT_POLICY",
            [ChannelCommand.PktPolicyRemove] = "RTE_POWER_PKT_POLICY_REMOVE",
            [ChannelCommand.QueryFreqList] = "RTE_POWER_QUERY_FREQ_LIST",
            [ChannelCommand.QueryFreq] = "RTE_POWER_QUERY_FREQ",
            [ChannelCommand.QueryCapsList] = "RTE_POWER_QUERY_CAPS_LIST",
            [ChannelCommand.QueryCaps] = "RTE_POWER_QUERY_CAPS",
        });
        Codes<ReplyCommand>(new()
        {
            [ReplyCommand.Ack] = "RTE_POWER_CMD_ACK",
            [ReplyCommand.Nack] = "RTE_POWER_CMD_NACK",
            [ReplyCommand.FreqList] = "RTE_POWER_FREQ_LIST",
            [ReplyCommand.CapsList] = "RTE_POWER_CAPS_LIST",
        });
        Codes<ScaleUnit>(new()
        {
            [ScaleUnit.Up] = "RTE_POWER_SCALE_UP",
            [ScaleUnit.Down] = "RTE_POWER_SCALE_DOWN",
            [ScaleUnit.Max] = "RTE_POWER_SCALE_MAX",
            [ScaleUnit.Min] = "RTE_POWER_SCALE_MIN",
            [ScaleUnit.EnableTurbo] = "RTE_POWER_ENABLE_TURBO",
            [ScaleUnit.DisableTurbo] = "RTE_POWER_DISABLE_TURBO",
        });
        checks.Add($"RTE_POWER_MAX_VCPU_PER_VM == {GuestChannelAbi.MaxVcpus}");
        checks.Add($"RTE_POWER_VM_MAX_NAME_SZ == {GuestChannelAbi.VmNameBytes}");

        string source = Path.Combine(CCompiler.OutputDirectory, "guest-channel.c");
        File.WriteAllText(source, $"#define ALLOW_EXPERIMENTAL_API\n#include <stdbool.h>\n#include <stddef.h>\n#include <rte_power_guest_channel.h>\n{string.Concat(checks.Select(check => $"_Static_assert({check}, \"{check}\");\n"))}");
        (int status, _, string error) = CCompiler.Run("gcc", ["-fsyntax-only", "-march=corei7", "-I/usr/include/dpdk", "-I/usr/include/x86_64-linux-gnu/dpdk", source]);

        Assert.True(status == 0, error);
        Assert.True(checks.Count > 40, $"only {checks.Count} checks");

        void Struct(string name, Type layout, int bytes, Dictionary<string, string> names)
        {
            checks.Add($"sizeof(struct {name}) == {bytes}");
            foreach ((string field, int offset) in new[] { ("ResourceId", 0), ("Unit", 8), ("Command", 12) }
                .Concat(layout.GetFields().Select(field => (field.Name, (int)field.GetRawConstantValue()!))))
            {
                string c = names.GetValueOrDefault(field) ?? string.Concat(field.Select((letter, index) => char.IsUpper(letter) ? (index > 0 ? "_" : "") + char.ToLowerInvariant(letter) : $"{letter}"));
                checks.Add($"offsetof(struct {name}, {c}) == {offset}");
            }
        }

        void Codes<T>(Dictionary<T, string> names) where T : struct, Enum
        {
            Assert.Equal(Enum.GetValues<T>().Where(value => Convert.ToUInt32(value) != 0), names.Keys.Order());
            checks.AddRange(names.Select(pair => $"{pair.Value} == {Convert.ToUInt32(pair.Key)}"));
        }
    }
}

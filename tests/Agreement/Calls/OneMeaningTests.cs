using FsCheck;
using FsCheck.Fluent;
using PollScale.HostStub.Exits;
using PollScale.HostStub.Policy.Cores;
using PollScale.Hypercall;
using PollScale.Tests.Shared.Control;
using PollScale.Transports;
using Xunit;

namespace PollScale.Agreement.Calls;

/// <summary>Every way that a call may go, each to a pCPU of its own: whoever answers, the reply and the P-state are the same.</summary>
public class OneMeaningTests
{
    [Fact]
    public void Every_channel_answers_every_call_alike() => Prop.ForAll<(byte Op, long Argument, byte Kind)[], (byte Count, byte A, byte B)>((calls, shape) =>
    {
        PStateTable table = Table(shape.Count, shape.A, shape.B);
        using LoopbackTransport loopback = new(table);
        Way[] ways =
        [
            Hypercall(table),
            Doorbell(table, "port", (device, slot) => device.Port(0, (ushort)(HypercallAbi.PortBase + slot))),
            Doorbell(table, "mmio", (device, slot) => device.Mmio(0, slot * sizeof(uint), sizeof(uint))),
            Channel(table),
        ];
        try
        {
            foreach (FrequencyCall call in calls.Select(Call).Prepend(new FrequencyCall(FrequencyOp.Min)))
            {
                long expected = loopback.Call(call).Value;
                foreach (Way way in ways.Where(way => way.Carries(call)))
                {
                    Assert.True(expected == way.Answer(call), $"{way.Name} answers {call} in {shape} otherwise than {expected}");
                }

                Assert.All(ways, way => Assert.True(loopback.PState == way.Backend.Requested, $"{way.Name} after {call}: P-state {way.Backend.Requested}, not {loopback.PState}"));
            }
        }
        finally
        {
            Array.ForEach(ways, way => way.End());
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(24));

    private static FrequencyCall Call((byte Op, long Argument, byte Kind) drawn) => new((FrequencyOp)(drawn.Kind % 11 == 0 ? (sbyte)drawn.Op : drawn.Op % HypercallAbi.OpCount), (drawn.Kind % 7) switch
    {
        0 => long.MinValue,
        1 => long.MaxValue,
        2 => drawn.Argument,
        3 => drawn.Argument % 80,
        4 => 0,
        _ => drawn.Argument % 12,
    });

    // No two neighbours 1 MHz apart: that would be a turbo state, which the guest channel has a switch for.
    private static PStateTable Table(byte count, byte a, byte b)
    {
        int pStates = (count % 40) + 1, one = a % pStates, other = b % pStates;
        uint[] kHz = [.. Enumerable.Range(0, pStates).Select(i => (uint)(4_000_000 - (i * 50_000)))];
        return new PStateTable(kHz, Math.Min(one, other), Math.Max(one, other), 10_000);
    }

    private static (ScriptedBackend Backend, VcpuService Service) Core(PStateTable table)
    {
        ScriptedBackend backend = new(new PStateTable(table.KHz, 0, table.Count - 1, table.TransitionLatencyNs), table.SlowestAllowed);
        return (backend, OneGuestLab.Service(backend, OneGuestLab.Generous with { Fastest = HostLab.Index(table.FastestAllowed), Slowest = HostLab.Index(table.SlowestAllowed) }));
    }

    private static Way Hypercall(PStateTable table)
    {
        (ScriptedBackend backend, VcpuService service) = Core(table);
        DoorbellDevice device = new(service);
        return new Way("hypercall", backend, call => device.Hypercall(0, call.Number, (ulong)call.Argument, 3, longMode: true), _ => true, () => { });
    }

    // A slot has six bits for an argument, so it carries no other guest's ABI version than 0 .. 63.
    private static Way Doorbell(PStateTable table, string name, Func<DoorbellDevice, uint, uint> read)
    {
        (ScriptedBackend backend, VcpuService service) = Core(table);
        HypercallTransport transport = new(new Bell(name, new DoorbellDevice(service), read), table, controlGranted: true, emulated: false, null);
        return new Way(name, backend, call => transport.Call(call).Value, call => call.Op != FrequencyOp.Hello || call.IsEncodable, transport.Dispose);
    }

    private static Way Channel(PStateTable table)
    {
        (ScriptedBackend backend, VcpuService service) = Core(table);
        ChannelLab lab = ChannelLab.WithGuests(service);
        GuestChannelTransport transport = new(new GuestChannelOptions { PStates = table, ReplyTimeout = TimeSpan.FromSeconds(10) }, lab.Guests[0]);
        return new Way("guest-channel", backend, call => transport.Call(call).Value, _ => true, () =>
        {
            transport.Dispose();
            lab.Dispose();
        });
    }

    private sealed record Way(string Name, ScriptedBackend Backend, Func<FrequencyCall, long> Answer, Func<FrequencyCall, bool> Carries, Action End);

    private sealed class Bell(string name, DoorbellDevice device, Func<DoorbellDevice, uint, uint> read) : IDoorbell
    {
        public string Name => name;

        public bool NeedsEncoding => true;

        public long Ring(FrequencyCall call) => (int)read(device, call.Slot);

        public void Dispose()
        {
        }
    }
}

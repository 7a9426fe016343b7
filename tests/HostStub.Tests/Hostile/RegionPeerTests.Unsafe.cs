using PollScale.HostStub.Channels.Region;
using PollScale.Hypercall;
using PollScale.Native;
using PollScale.Region;
using PollScale.Tests.Shared.Control;
using Xunit;

namespace PollScale.HostStub.Tests.Hostile;

/// <summary>A VM, its QEMU included, that does with its region what it likes, beside one that is as it should be on the same thread.</summary>
// SAFETY: what is written lies in the page, which the peer keeps mapped.
public unsafe class RegionPeerTests
{
    private const int Mutations = 1_000_000;

    [Fact]
    public void A_million_mutated_pages_and_rings_harm_only_who_sent_them()
    {
        using RegionLab lab = new(vcpus: 2, guests: 2);
        using IvshmemPeer bad = lab.Connect(0);
        using IvshmemPeer good = lab.Connect(1);
        Random random = new(1);
        for (int i = 0; i < Mutations; i++)
        {
            Mutate(bad, random);
            if (random.Next(4) == 0)
            {
                bad.Ring(random.Next(2));
            }

            if (i % 10_000 == 0)
            {
                int vcpu = random.Next(2), wish = random.Next(6);
                Assert.Equal(new FrequencyReply(wish), good.Ask(vcpu, new FrequencyCall(FrequencyOp.SetPState, wish)));
                Assert.Equal((uint)wish, good.Status(vcpu, StatusPageLayout.PState));
            }
        }

        // What it wrote over the header counts for nothing: a request is where it always was.
        Assert.Equal(new FrequencyReply(3), bad.Ask(1, new FrequencyCall(FrequencyOp.SetPState, 3)));
        Assert.Equal(3, lab.Backends[1].Requested);
        Assert.DoesNotContain(lab.Backends, backend => (uint)backend.Requested >= ChannelLab.Table.Count);
        Assert.All(lab.Server.Vcpus, vcpu => Assert.Null(vcpu.Problem));
    }

    [Fact]
    public void Sequence_and_call_are_of_one_load()
    {
        OneSidedService service = new();
        RegionVcpuBinding binding = new(0, 0, 0, service, 0, () => null, () => { });
        using RegionMemory memory = new(1);
        byte* slot = Map(memory, out MappedRegion page) + RegionLayout.Slot(0);
        using (page)
        {
            RegionDoorbell doorbell = new(new ServedVcpu(new RegionState("vm0", "shmem:/x"), binding), memory, spins: false);
            bool ends = false;
            Thread guest = new(() =>
            {
                for (uint sequence = 1; !Volatile.Read(ref ends); sequence = RequestWord.Next(sequence))
                {
                    RequestWord.TryMake(sequence, new FrequencyCall(FrequencyOp.SetPState, (short)(sequence & 0x7FFF)), posted: true, out RequestWord word);
                    Volatile.Write(ref *(ulong*)slot, word.Value);
                }
            });
            guest.Start();
            for (int i = 0; i < 1_000_000; i++)
            {
                doorbell.Look(0);
                doorbell.Resume();
                uint echo = Volatile.Read(ref *(uint*)(slot + RegionLayout.EchoField));
                Assert.Equal(echo & 0x7FFF, (uint)service.Last);
            }

            Volatile.Write(ref ends, true);
            guest.Join();
        }
    }

    [Theory]
    [InlineData("drained")]
    [InlineData("saturated")]
    [InlineData("blocking")]
    [InlineData("closed")]
    [InlineData("rung without end")]
    public void What_qemu_does_with_its_doorbells_holds_nobody_up(string what)
    {
        using RegionLab lab = new(guests: 2);
        using IvshmemPeer bad = lab.Connect(0);
        using IvshmemPeer good = lab.Connect(1);
        bool ends = false;
        Thread meddler = new(() =>
        {
            byte[] eight = new byte[8];
            while (!Volatile.Read(ref ends))
            {
                switch (what)
                {
                    case "drained":
                        bad.Doorbells[0].Read(eight);
                        break;
                    case "saturated":
                        BitConverter.TryWriteBytes(eight, ulong.MaxValue - 1);
                        bad.Doorbells[0].Write(eight);
                        break;
                    case "blocking":
                        _ = LibC.fcntl(bad.Doorbells[0].Fd, 4, 0); // F_SETFL without O_NONBLOCK: the open file is the daemon's too
                        break;
                    case "closed":
                        bad.Doorbells[0].Dispose();
                        break;
                    default:
                        bad.Ring(0);
                        break;
                }
            }
        });
        meddler.Start();
        try
        {
            for (int i = 0; i < 2000; i++)
            {
                Assert.Equal(new FrequencyReply(i % 6), good.Ask(0, new FrequencyCall(FrequencyOp.SetPState, i % 6)));
            }

            // Even without a ring that arrives a request is seen at the next look.
            Assert.True(RequestWord.TryMake(7, new FrequencyCall(FrequencyOp.SetPState, 2), posted: true, out RequestWord word));
            bad.Write(0, word.Value);
            ChannelLab.Until(() => bad.Echo(0) == 7, "a request is never looked at");
        }
        finally
        {
            Volatile.Write(ref ends, true);
            meddler.Join();
        }

        Assert.Equal(2, lab.Backends[0].Requested);
    }

    [Fact]
    public void A_hundred_vms_killed_at_any_moment_leave_nothing()
    {
        using RegionLab lab = new(vcpus: 2, guests: 2);
        using IvshmemPeer good = lab.Connect(1);
        Random random = new(2);
        int descriptors = Descriptors();
        for (int i = 0; i < 100; i++)
        {
            if (i % 5 == 0)
            {
                IvshmemPeer.Connect(lab.Bindings[0].Path).Dispose(); // one that goes before it is told anything
            }
            else
            {
                using IvshmemPeer vm = Retry(lab);
                for (int posts = random.Next(20); posts > 0; posts--)
                {
                    vm.Post(random.Next(2), new FrequencyCall(FrequencyOp.SetPState, random.Next(6)));
                }
            }

            Assert.Equal(new FrequencyReply(i % 6), good.Ask(0, new FrequencyCall(FrequencyOp.SetPState, i % 6)));
        }

        ChannelLab.Until(() => lab.Backends[0].Requested == RegionLab.Rest && lab.Backends[1].Requested == RegionLab.Rest, "a wish outlives its VM");
        ChannelLab.Until(() => Descriptors() <= descriptors, $"{Descriptors() - descriptors} descriptors are left open");
    }

    // The one before has to be seen to have gone first.
    private static IvshmemPeer Retry(RegionLab lab)
    {
        ChannelLab.Until(() => !lab.Server.Vcpus.First(vcpu => vcpu.GuestName == "vm0").IsConnected, "the VM before does not go");
        return lab.Connect(0);
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static void Mutate(IvshmemPeer vm, Random random)
    {
        int at = random.Next(3) switch
        {
            0 => random.Next(RegionLayout.HeaderSize),
            1 => RegionLayout.Slot(random.Next(2)) + random.Next(RegionLayout.SlotStride),
            _ => random.Next(RegionLayout.Size),
        };
        if (random.Next(8) == 0)
        {
            vm.Write(random.Next(2), (ulong)random.NextInt64(long.MinValue, long.MaxValue));
        }
        else
        {
            vm.Page[at] = (byte)random.Next(256);
        }
    }

    private static byte* Map(RegionMemory memory, out MappedRegion page)
    {
        page = MappedRegion.Map(memory.Memory.Fd, 0, RegionLayout.Size, LibC.PROT_READ | LibC.PROT_WRITE, "region");
        return page.Address;
    }

    private sealed class OneSidedService : IFrequencyService
    {
        public long Last { get; private set; }

        public PStateTable PStates => ChannelLab.Table;

        public bool Granted => true;

        public bool Emulated => false;

        public int InForce => 0;

        public FrequencyReply Answer(int vcpu, FrequencyCall call, ulong tsc)
        {
            Last = call.Argument;
            return new FrequencyReply(0L);
        }

        public FrequencyReply AnswerUnknown(int vcpu, ulong tsc) => throw new InvalidOperationException("No such call was made.");
    }
}

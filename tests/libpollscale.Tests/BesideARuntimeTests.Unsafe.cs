using System.Runtime.InteropServices;
using PollScale.Native;
using Xunit;

namespace PollScale.C.Tests;

/// <summary>The library in a process that has a runtime of .NET of its own, by dlopen.</summary>
public unsafe class BesideARuntimeTests
{
    [Fact]
    public void Both_work_and_collect_their_garbage()
    {
        PublishedLibrary.Require();
        nint library = NativeLibrary.Load(PublishedLibrary.Path!);
        var create = (delegate* unmanaged<byte*, nint*, int>)NativeLibrary.GetExport(library, "pollscale_create");
        var turn = (delegate* unmanaged<nint*, int, int, int>)NativeLibrary.GetExport(library, "pollscale_turn");
        var close = (delegate* unmanaged<nint*, int>)NativeLibrary.GetExport(library, "pollscale_close");
        Exception? failure = null;
        Thread lcore = new(() =>
        {
            try
            {
                Assert.Equal(0, ThreadAffinity.Pin(LibC.sched_getcpu()));
                nint* handle = stackalloc nint[2];
                for (int time = 0; time < 20; time++)
                {
                    fixed (byte* settings = "transport=loopback\0"u8)
                    {
                        Assert.Equal(0, create(settings, handle));
                    }

                    for (int i = 0; i < 100; i++)
                    {
                        Assert.Equal(0, turn(handle, i, i));
                    }

                    GC.Collect();
                    Assert.Equal(0, close(handle));
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        lcore.Start();
        while (!lcore.Join(1))
        {
            GC.Collect();
        }

        Assert.Null(failure);
    }
}

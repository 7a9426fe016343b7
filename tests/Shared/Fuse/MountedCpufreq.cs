using System.Collections.Concurrent;
using PollScale.Cpufreq;
using PollScale.Native;
using PollScale.Tests.Shared.Cpufreq;
using Xunit;

namespace PollScale.Tests.Shared.Fuse;

/// <summary>
/// The modelled kernel's cpufreq tree, mounted, so that another process meets what it meets on sysfs: values that react, descriptors that go
/// stale, files that fail or take their time. Needs root and /dev/fuse.
/// </summary>
internal sealed class MountedCpufreq : IDisposable
{
    private const int Threads = 4; // as many calls may take their time at once
    private readonly TemporaryTree _folder = new();
    private readonly FuseNodes _nodes = new(FakeCpufreq.Root);
    private readonly ConcurrentDictionary<ulong, ICpufreqFile> _open = [];
    private readonly Lock _gate = new();
    private readonly int _device;
    private ulong _handles;
    private volatile bool _ended;

    public MountedCpufreq(FakeCpufreq kernel)
    {
        Kernel = kernel;
        _device = FuseNative.OpenDevice();
        int error = _device < 0 ? LibC.ENOENT : FuseNative.Mount(_folder.Root, _device);
        Assert.SkipWhen(error != 0, $"A FUSE file system cannot be mounted here ({LibC.strerror(error)}): that takes root and /dev/fuse.");
        for (int i = 0; i < Threads; i++)
        {
            new Thread(Serve) { IsBackground = true, Name = "fuse" }.Start();
        }
    }

    /// <summary>Where it is mounted.</summary>
    public string Root => _folder.Root;

    /// <summary>The kernel behind it; use <see cref="Do"/> to change it.</summary>
    public FakeCpufreq Kernel { get; }

    /// <summary>How long a write to a file ("policy0/scaling_setspeed") takes.</summary>
    public Func<string, TimeSpan> WriteTime { get; set; } = _ => TimeSpan.Zero;

    /// <summary>Something happens in the kernel.</summary>
    public void Do(Action<FakeCpufreq> change)
    {
        lock (_gate)
        {
            change(Kernel);
        }
    }

    /// <summary>The value of a file below the root.</summary>
    public string Shown(string path)
    {
        lock (_gate)
        {
            return Kernel[path];
        }
    }

    public void Dispose()
    {
        _ended = true;
        FuseNative.Unmount(_folder.Root);
        if (_device >= 0)
        {
            _ = LibC.close(_device);
        }

        _folder.Dispose();
    }

    private void Serve()
    {
        byte[] buffer = new byte[64 * 1024];
        while (!_ended)
        {
            int length = FuseNative.Receive(_device, buffer);
            if (length is -LibC.EINTR or -LibC.ENOENT or -LibC.EAGAIN)
            {
                continue;
            }

            if (length <= 0)
            {
                return; // unmounted
            }

            FuseRequest request = new(buffer.AsSpan(0, length));
            if (request.Opcode is not (FuseOpcode.Forget or FuseOpcode.BatchForget or FuseOpcode.Interrupt or FuseOpcode.Destroy))
            {
                FuseNative.Send(_device, Answer(request));
            }
        }
    }

    private byte[] Answer(FuseRequest request) => request.Opcode switch
    {
        FuseOpcode.Init => FuseReply.Init(request.Unique),
        FuseOpcode.Lookup => Lookup(request),
        FuseOpcode.GetAttr or FuseOpcode.SetAttr => Attributes(request),
        FuseOpcode.OpenDir => FuseReply.Opened(request.Unique, 0),
        FuseOpcode.ReadDir => List(request),
        FuseOpcode.Open => Open(request),
        FuseOpcode.Read => Read(request),
        FuseOpcode.Write => Write(request),
        FuseOpcode.Release => Release(request),
        FuseOpcode.ReleaseDir => FuseReply.Empty(request.Unique),
        FuseOpcode.StatFs => FuseReply.StatFs(request.Unique),
        _ => FuseReply.Error(request.Unique, 38), // ENOSYS: the kernel does without
    };

    private byte[] Lookup(FuseRequest request)
    {
        string path = $"{_nodes[request.Node]}/{request.Name}";
        return Kind(path) is bool isFolder ? FuseReply.Entry(request.Unique, _nodes.Of(path), isFolder) : FuseReply.Error(request.Unique, LibC.ENOENT);
    }

    private byte[] Attributes(FuseRequest request) => Kind(_nodes[request.Node]) is bool isFolder
        ? FuseReply.Attribute(request.Unique, request.Node, isFolder)
        : FuseReply.Error(request.Unique, LibC.ENOENT);

    private byte[] List(FuseRequest request)
    {
        if (request.Offset != 0)
        {
            return FuseReply.Empty(request.Unique);
        }

        lock (_gate)
        {
            string folder = _nodes[request.Node];
            return FuseReply.Data(request.Unique, FuseEntries.Of(Kernel.Folders(folder).Select(name => (name, _nodes.Of($"{folder}/{name}")))));
        }
    }

    private byte[] Open(FuseRequest request)
    {
        lock (_gate)
        {
            if (Kernel.Open(_nodes[request.Node], (request.OpenFlags & 3) != LibC.O_RDONLY, out int error) is not ICpufreqFile file)
            {
                return FuseReply.Error(request.Unique, error);
            }

            _open[++_handles] = file;
            return FuseReply.Opened(request.Unique, _handles);
        }
    }

    private byte[] Read(FuseRequest request)
    {
        if (request.Offset != 0)
        {
            return FuseReply.Empty(request.Unique);
        }

        Span<byte> text = stackalloc byte[4096];
        lock (_gate)
        {
            int error = _open[request.Handle].Read(text, out int length);
            return error != 0 ? FuseReply.Error(request.Unique, error) : FuseReply.Data(request.Unique, text[..length]);
        }
    }

    private byte[] Write(FuseRequest request)
    {
        Thread.Sleep(WriteTime(_nodes[request.Node][$"{FakeCpufreq.Root}/cpufreq/".Length..]));
        lock (_gate)
        {
            int error = _open[request.Handle].Write(request.Data);
            return error != 0 ? FuseReply.Error(request.Unique, error) : FuseReply.Written(request.Unique, request.Data.Length);
        }
    }

    private byte[] Release(FuseRequest request)
    {
        if (_open.TryRemove(request.Handle, out ICpufreqFile? file))
        {
            file.Dispose();
        }

        return FuseReply.Empty(request.Unique);
    }

    // True for a folder, false for a file, null for nothing.
    private bool? Kind(string path)
    {
        lock (_gate)
        {
            return path == FakeCpufreq.Root || Kernel.Folders(Path.GetDirectoryName(path)!).Contains(Path.GetFileName(path)) ? true
                : Kernel.ReadText(path) is not null ? false : null;
        }
    }
}

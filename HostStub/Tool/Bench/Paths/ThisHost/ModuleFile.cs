using System.ComponentModel;
using System.Diagnostics;
using System.IO.Compression;
using PollScale.HostStub.Machine;
using PollScale.Native;

namespace PollScale.HostStub.Bench.Paths.ThisHost;

/// <summary>A module's file, unpacked where that can be done here; else the kernel that loads it may be able to.</summary>
internal static class ModuleFile
{
    private const int Most = 64 << 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Reads it.</summary>
    /// <param name="path">Its file: .ko, .ko.gz, .ko.xz or .ko.zst.</param>
    /// <returns>Its name, which ends in .ko where it is unpacked, and what is in it.</returns>
    /// <exception cref="GuestSetupException">It is packed wrong, or too large.</exception>
    public static (string Name, byte[] Content) Read(string path)
    {
        string name = Path.GetFileName(path), unpacked = Path.GetFileNameWithoutExtension(name);
        byte[] content = SafeFile.Read(path, Most);
        switch (Path.GetExtension(name))
        {
            case ".gz":
                using (GZipStream stream = new(new MemoryStream(content), CompressionMode.Decompress))
                {
                    return (unpacked, All(stream, path));
                }

            case ".xz":
                return Unpack("xz", content, path) is byte[] xz ? (unpacked, xz) : (name, content);
            case ".zst":
                return Unpack("zstd", content, path) is byte[] zst ? (unpacked, zst) : (name, content);
            default:
                return (name, content);
        }
    }

    // Null where the program is not here, or does not take it. It gets what was read: a second look at the path may find another file.
    private static byte[]? Unpack(string program, byte[] packed, string path)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, ["-dcq"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            _ = process.StandardError.ReadToEndAsync();
            Task given = Give(process.StandardInput, packed);
            try
            {
                byte[] content = All(process.StandardOutput.BaseStream, path);
                given.Wait(s_patience);
                return process.WaitForExit(s_patience) && process.ExitCode == 0 ? content : null;
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }
            }
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static async Task Give(StreamWriter input, byte[] content)
    {
        try
        {
            await input.BaseStream.WriteAsync(content).ConfigureAwait(false);
            input.Close();
        }
        catch (IOException)
        {
            // It ended before it took all; its status says why.
        }
    }

    private static byte[] All(Stream stream, string path)
    {
        try
        {
            using MemoryStream all = new();
            byte[] part = new byte[1 << 16];
            for (int got; (got = stream.Read(part)) > 0;)
            {
                all.Write(part, 0, got);
                if (all.Length > Most)
                {
                    throw new GuestSetupException($"{path} has more than {Most >> 20} MiB, the most that is taken of a module.");
                }
            }

            return all.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new GuestSetupException($"{path} cannot be unpacked: {e.Message}", e);
        }
    }
}

using System.Security.Cryptography;
using System.Text;

namespace PollScale.Lab.Image;

/// <summary>Built images, named by a hash of all they were built from: what has not changed is not built again.</summary>
internal static class ImageCache
{
    /// <summary>The image of these inputs, built if it is not there.</summary>
    /// <param name="name">Start of its name; only its newest image is kept.</param>
    /// <param name="inputs">Files, by content, or any other text.</param>
    /// <param name="build">Builds it at the path given.</param>
    public static string Get(string name, IEnumerable<string> inputs, Action<string> build)
    {
        string path = Path.Combine(LabFolders.Images, $"{name}-{Hash(inputs)}");
        if (File.Exists(path))
        {
            return path;
        }

        string unfinished = $"{path}.{Environment.ProcessId}.tmp";
        build(unfinished);
        foreach (string old in Directory.GetFiles(LabFolders.Images, name + "-*").Where(f => !f.EndsWith(".tmp", StringComparison.Ordinal)))
        {
            File.Delete(old);
        }

        File.Move(unfinished, path);
        return path;
    }

    private static string Hash(IEnumerable<string> inputs)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string input in inputs)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(input + "\0"));
            if (File.Exists(input))
            {
                hash.AppendData(SHA256.HashData(File.ReadAllBytes(input)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}

using PollScale.HostStub.Machine;

namespace PollScale.HostStub.Run;

/// <summary>Finds files of the source tree: a bench compares with programs that live under tests/.</summary>
internal static class RepositoryFiles
{
    /// <summary>Full path of a file, searched from this program's folder and the current one upwards.</summary>
    /// <exception cref="GuestSetupException">Neither lies in a checkout.</exception>
    public static string Find(string relativePath)
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, Directory.GetCurrentDirectory()])
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string path = Path.Combine(folder.FullName, relativePath);
                if (File.Exists(Path.Combine(folder.FullName, "Sdk.sln")) && File.Exists(path))
                {
                    return path;
                }
            }
        }

        throw new GuestSetupException($"{relativePath} was not found: run this command from a checkout of the repository.");
    }
}

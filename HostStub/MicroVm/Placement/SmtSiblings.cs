using System.Text;
using PollScale.Placement;
using PollScale.Native;

namespace PollScale.HostStub.Placement;

/// <summary>Which pCPUs are hardware threads of one core, as the kernel's topology files say.</summary>
/// <param name="root">Folder of the CPUs, the kernel's or a container's mount of it.</param>
internal sealed class SmtSiblings(string root = "/sys/devices/system/cpu")
{
    private const int LongestList = 4096;

    /// <summary>The siblings of a pCPU, itself among them; the pCPU alone where the kernel shows no topology, as in some containers.</summary>
    /// <exception cref="PlacementException">The file cannot be read or holds no CPU list with this pCPU.</exception>
    public IReadOnlyList<int> Of(int pCpu)
    {
        string path = $"{root}/cpu{pCpu}/topology/thread_siblings_list";
        try
        {
            string text = Encoding.ASCII.GetString(SafeFile.Read(path, LongestList)).TrimEnd('\n');
            return CpuList.TryParse(text, cpu_set_t.CPU_SETSIZE - 1, out IReadOnlyList<int> siblings) && siblings.Contains(pCpu)
                ? siblings
                : throw new PlacementException($"{path} does not list CPU {pCpu} among its siblings.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [pCpu];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PlacementException($"{path} cannot be read: {e.Message}");
        }
    }
}

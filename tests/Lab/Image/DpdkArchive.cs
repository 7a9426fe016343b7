namespace PollScale.Lab.Image;

/// <summary>
/// A program over Debian's librte_power and the libraries it links, as an initramfs archive of its own: a kernel unpacks it after that of its guest.
/// </summary>
internal static class DpdkArchive
{
    private const string Program = "acpi_power";
    private const string Library = "/usr/lib/x86_64-linux-gnu/librte_power.so.23";

    /// <summary>Builds it.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="LabException">DPDK is missing, or it does not compile.</exception>
    public static string Build()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "DpdkPeer", $"{Program}.c");
        return ImageCache.Get("dpdk", [source, Library], path =>
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("lab-dpdk-");
            try
            {
                Tool.Bash($$"""
                    pkg-config --exists libdpdk || { echo 'libdpdk is missing; ./test installs pkg-config and libdpdk-dev' >&2; exit 1; }
                    gcc -O1 -Wall -Wextra -Werror -o {{Program}} $(pkg-config --cflags libdpdk) '{{source}}' -Wl,--as-needed -lrte_power -lrte_eal
                    for library in $(ldd {{Program}} | grep -o '/[^ ]*'); do
                        mkdir -p ".$(dirname "$library")"
                        cp -L "$library" ".$library"
                    done
                    chmod 0755 .
                    find . | LC_ALL=C sort | cpio -o -H newc --quiet --reproducible | gzip -1n >'{{path}}'
                    """, folder.FullName);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
    }
}

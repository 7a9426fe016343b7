using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace PollScale.HostStub.Report.Html;

/// <summary>Writes a page as one HTML file that needs nothing else and may load nothing: its policy names its two scripts by their hash.</summary>
internal static class PageHtml
{
    private static readonly string s_chart = Resource("uPlot.iife.min.js"), s_chartStyle = Resource("uPlot.min.css"), s_chartLicence = Resource("LICENSE");
    private static readonly string s_script = Resource("page.js"), s_style = Resource("page.css");

    /// <summary>What the page may do: run its own scripts and use its own styles. Nothing is fetched, sent or framed.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; script-src {Hash(s_chart)} {Hash(s_script)}; style-src {Hash(s_chartStyle)} {Hash(s_style)}; base-uri 'none'; form-action 'none'";

    /// <summary>Writes it, in UTF-8.</summary>
    public static void Write(Stream output, ReportPage page)
    {
        Text(output, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="hoststub">
            <title>{HtmlEncoder.Default.Encode(SafeText.Line(page.Title))}</title>
            <!-- uPlot, which draws the charts of this page:

            {s_chartLicence}
            -->
            <style>{s_chartStyle}</style>
            <style>{s_style}</style>
            </head>
            <body>
            <main id="page"><noscript>This page draws its charts by a script that it brings with it: allow it to run. It loads nothing.</noscript></main>
            <script type="application/json" id="data">
            """);
        PageJson.Write(output, page);
        Text(output, $"""
            </script>
            <script>{s_chart}</script>
            <script>{s_script}</script>
            </body>
            </html>

            """);
    }

    private static void Text(Stream output, string text) => output.Write(Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Html.{name}")
            ?? throw new InvalidOperationException($"{name} is not in this assembly.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

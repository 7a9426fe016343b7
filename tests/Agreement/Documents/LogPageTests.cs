using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using PollScale.HostStub.Daemon;
using PollScale.HostStub.Log;
using PollScale.HostStub.Vm;
using Xunit;

namespace PollScale.Agreement.Documents;

/// <summary>docs/logging.md has every event of the product's assemblies, and no other.</summary>
public partial class LogPageTests
{
    private static readonly (string Assembly, LoggerMessageAttribute Event, MethodInfo Method)[] s_events =
    [
        .. from assembly in (Assembly[])[typeof(LcoreScaler).Assembly, typeof(ChannelServer).Assembly, typeof(MicroVm).Assembly, typeof(HostLog).Assembly]
           from type in assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
           where attribute is not null
           orderby attribute.EventId
           select (assembly.GetName().Name!, attribute, method),
    ];

    [Fact]
    public void The_table_has_id_name_level_and_fields_of_every_event()
    {
        string[] expected = [.. s_events.Select(e => $"| {e.Event.EventId} | {e.Event.EventName} | {e.Event.Level.ToString().ToLowerInvariant()} | {string.Join(", ", Fields(e.Method))} |")];
        string[] page = [.. DocumentedTable.Rows("docs/logging.md", "| id | event | level | fields | when |").Select(cells => $"| {string.Join(" | ", cells[..^1])} |")];

        Assert.Equal(expected, page);
    }

    [Fact]
    public void Ids_and_names_are_given_once() => Assert.All(
        (IEnumerable<IGrouping<string, string>>)[.. s_events.GroupBy(e => $"{e.Event.EventId}", e => e.Method.Name), .. s_events.GroupBy(e => e.Event.EventName!, e => e.Method.Name)],
        group => Assert.Single(group));

    [Fact]
    public void An_event_is_named_like_its_method_and_says_its_fields() => Assert.All(s_events, e =>
    {
        Assert.Equal(e.Method.Name, e.Event.EventName);
        Assert.Equal(Fields(e.Method).Order(), Placeholder().Matches(e.Event.Message).Select(match => JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups[1].Value)).Order());
    });

    private static IEnumerable<string> Fields(MethodInfo method) =>
        method.GetParameters().Where(parameter => parameter.ParameterType != typeof(ILogger)).Select(parameter => JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!));

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}

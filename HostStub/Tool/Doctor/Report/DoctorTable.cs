using System.Globalization;
using PollScale.HostStub.Report;
using PollScale.HostStub.Report.Kit;
using PollScale.Transports;
using Spectre.Console;

namespace PollScale.HostStub.Doctor.Report;

/// <summary>The findings for people; fits 80 columns.</summary>
internal sealed class DoctorTable(IAnsiConsole console) : IReport
{
    /// <inheritdoc/>
    public void Show(ReportLine line)
    {
        if (line is Diagnosis diagnosis)
        {
            Write(diagnosis);
        }
    }

    private void Write(Diagnosis diagnosis)
    {
        Table machine = NewTable("check");
        foreach (Finding finding in diagnosis.Findings)
        {
            Add(machine, Label(finding.Status), finding.Name, finding.What, finding.Why, finding.WhatToDo);
        }

        Table transports = NewTable("transport");
        foreach (TransportReport report in diagnosis.Transports)
        {
            Add(transports, report.Usable ? ("usable", Color.Green) : ("no", Color.Grey), report.Name, report.Why, "", report.WhatToDo);
        }

        console.Write(machine);
        console.WriteLine("Transports for an application on this machine:");
        console.Write(transports);
        if (diagnosis.Certificate is CertificateFinding certificate)
        {
            Line(string.Create(CultureInfo.InvariantCulture,
                $"Loss certificate for {certificate.LineRate / 1e6:0.###} Mpps, a ring of {certificate.Ring}, {certificate.CyclesPerPacket:0.###} cycles and {certificate.MemoryNs:0.###} ns a packet, transition {certificate.TransitionUs:0.###} us, decisions each {certificate.DecisionUs:0.###} us, calls of {certificate.CallUs:0.###} us; P-states of {certificate.PStates}:"));
            Line(certificate.Text);
            Line(certificate.DelayText);
            if (certificate.DelayChoice is string choice)
            {
                Line(choice);
            }

            console.WriteLine();
        }

        Line(diagnosis.Verdict);
    }

    private static (string Text, Color Color) Label(FindingStatus status) => status switch
    {
        FindingStatus.Ok => ("ok", Color.Green),
        FindingStatus.Warning => ("warning", Color.Yellow),
        FindingStatus.Problem => ("PROBLEM", Color.Red),
        _ => ("not here", Color.Grey),
    };

    private static Table NewTable(string name) => new Table { Border = TableBorder.Simple }
        .AddColumn(new TableColumn("") { NoWrap = true })
        .AddColumn(new TableColumn(name) { NoWrap = true })
        .AddColumn("finding");

    private static void Add(Table table, (string Text, Color Color) label, string name, string what, string why, string whatToDo)
    {
        string[] lines = [what, why, whatToDo.Length > 0 ? $"-> {whatToDo}" : ""];
        table.AddRow(
            new Text(label.Text, new Style(label.Color)),
            new Text(name),
            new Text(string.Join('\n', lines.Where(line => line.Length > 0).Select(SafeText.Line))));
    }

    private void Line(string text) => console.Write(new Text(SafeText.Line(text) + "\n"));
}

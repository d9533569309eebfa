using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Platform.Ctl.Transfer;

/// <summary>A line of a graph file as it was read.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Type">Its type; empty where it has none.</param>
/// <param name="Message">What it holds; null for types that this program does not know, and for header and trailer.</param>
/// <param name="Frame">The object, of a header or a trailer.</param>
/// <param name="Problem">What is wrong with it; null if nothing is.</param>
public sealed record GraphLine(
    long Number,
    string Type,
    IMessage? Message,
    JsonObject? Frame,
    string? Problem
);

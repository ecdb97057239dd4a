extension InstructionListing {
  /// What another thread did while this one stood between two instructions.
  package struct Overlay: Equatable, Sendable {
    /// Where this thread stood: the `programCounter` of the event that it had announced.
    package var returnAddress: UInt
    /// `inc #2 comes in here`.
    package var title: String
    /// The other thread's steps, a line each.
    package var rows: [String]
    /// The other thread, for its colour.
    package var thread: Int

    package init(returnAddress: UInt, title: String, rows: [String], thread: Int = 1) {
      self.returnAddress = returnAddress
      self.title = title
      self.rows = rows
      self.thread = thread
    }

    /// What the others did in a finding between two events of one thread; nil if nothing.
    ///
    /// - Parameters:
    ///   - finding: whose events are laid in.
    ///   - index: of this thread's event before the others came in.
    ///   - returnAddress: of the event that this thread had announced by then.
    package init?(in finding: FindingReport, after index: Int, returnAddress: UInt) {
      guard finding.events.indices.contains(index) else { return nil }
      let others = finding.events[(index + 1)...].prefix {
        $0.thread != finding.events[index].thread
      }
      guard let first = others.first else { return nil }
      self.init(
        returnAddress: returnAddress, title: "\(finding.threadName(first.thread)) comes in here",
        rows: others.map { event in
          let action = TimelineAction(event).text
          return event.thread == first.thread
            ? action : "\(finding.threadName(event.thread)): \(action)"
        }, thread: first.thread)
    }
  }

  /// The listing for people, each line ending in a newline.
  ///
  /// - Parameters:
  ///   - style: colours, or none.
  ///   - width: columns that no line goes past.
  ///   - overlays: laid in front of the instruction at their address.
  /// - Returns: the instructions, then the notes.
  package func text(
    style: TextStyle = .plain, width: Int = 100, overlays: [Overlay] = []
  ) -> String {
    var lines: [String] = []
    let addresses = instructions.map { "0x" + String($0.fileAddress, radix: 16) }
    let addressWidth = addresses.map(\.count).max() ?? 0
    let texts = instructions.map { Self.aligned($0.text) }
    let textWidth = min(texts.map(\.count).max() ?? 0, width - addressWidth - 28)
    for (index, instruction) in instructions.enumerated() {
      for overlay in overlays where overlay.returnAddress == instruction.address {
        lines += overlay.lines(indent: addressWidth + 4, width: width, style: style)
      }
      let address = addresses[index].paddedAtStart(to: addressWidth)
      let text = texts[index].truncated(to: textWidth)
      lines.append(
        style.applying(.dim, to: "  \(address)") + "  "
          + instruction.styled(text, width: textWidth, style: style))
    }
    lines += notes.flatMap { "note: \($0)".wrapped(to: width, indent: "      ") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The operands of all instructions in one column.
  private static func aligned(_ text: String) -> String {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    return parts.count == 2 ? parts[0].padded(to: 6) + " " + parts[1] : text
  }
}

extension InstructionListing.Overlay {
  fileprivate func lines(indent: Int, width: Int, style: TextStyle) -> [String] {
    let room = width - indent - 2
    let marked = ["┌ " + title.truncated(to: room)] + rows.map { "│ " + $0.truncated(to: room) }
    return (marked + ["└"]).map {
      String(repeating: " ", count: indent) + style.applying(.thread(thread), to: $0)
    }
  }
}

extension Instruction {
  fileprivate func styled(_ text: String, width: Int, style: TextStyle) -> String {
    if let access {
      let mark = access == .readAndWrite ? "← read and write" : "← \(access.rawValue)"
      return style.applying(.strong, to: text.padded(to: width) + "  " + mark)
    }
    guard let announces else { return text }
    let mark = "announces the \(announces.rawValue)"
    return style.applying(.dim, to: text.padded(to: width) + "  " + mark)
  }
}

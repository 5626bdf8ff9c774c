package org.openingminute.registration.transfers;

import java.util.List;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.SingleLine;
import org.openingminute.registration.decision.Conference;

/** Parses transfers that were pasted from a bank's web page, one per line. Pure. */
final class PastedLines {

    private PastedLines() {}

    /**
     * Parses a text.
     *
     * @throws Problem {@code invalid}, with an error for {@code lines}
     */
    static List<BankTransfer> read(String text, Conference conference) {
        if (JsonFields.unwritable(text, true)) {
            throw Problem.invalid("lines", "control-characters", "has control characters");
        }
        List<String> lines =
                text.lines().map(SingleLine::of).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty()) {
            throw Problem.invalid("lines", "required", "is required");
        }
        if (lines.size() > BankFile.MOST_LINES) {
            throw Problem.invalid(
                    "lines", "too-many-lines", "may have {} lines, and has {}", BankFile.MOST_LINES, lines.size());
        }
        if (lines.stream().anyMatch(line -> line.length() > BankTransfer.LONGEST)) {
            throw Problem.invalid("lines", "too-long", "has a line of more than {} characters", BankTransfer.LONGEST);
        }
        return lines.stream().map(line -> transfer(line, conference)).toList();
    }

    private static BankTransfer transfer(String line, Conference conference) {
        String currency = conference.definition().registration().currency();
        return new BankTransfer(
                line,
                null,
                BankNotation.amountIn(line, currency).orElse(null),
                BankNotation.day(line, currency.equals("USD"))
                        .map(day -> BankTransfer.arrival(day, conference))
                        .orElse(null));
    }
}

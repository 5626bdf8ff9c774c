package org.openingminute.registration.transfers;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.kit.web.JsonFields;
import org.openingminute.kit.web.RequestHash;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.sale.Money;
import tools.jackson.core.JacksonException;

/**
 * A transfer that a person ticked as payment for a registration. The page of matches encodes it in the tick box, so that the server stores
 * nothing between the two pages. Immutable.
 *
 * @param reference identifies the transfer from then on
 */
record TransferMark(UUID registration, String reference, Money amount, Instant receivedAt) {

    /** Encodes the mark as the value of its tick box. */
    String encoded() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Documents.json(this).getBytes(StandardCharsets.UTF_8));
    }

    /** Decodes a tick box; empty if the value is not a complete mark. */
    static Optional<TransferMark> read(String encoded) {
        try {
            TransferMark mark = Documents.value(
                    new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8), TransferMark.class);
            return Optional.of(mark).filter(TransferMark::isWhole);
        } catch (IllegalArgumentException | JacksonException e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings("NullAway") // it may come from anybody
    private boolean isWhole() {
        return registration != null
                && amount != null
                && receivedAt != null
                && reference != null
                && !reference.isBlank()
                && reference.length() <= BankTransfer.LONGEST
                && !JsonFields.unwritable(reference, false);
    }

    /** Returns the marked part of the bank statement's line. */
    BankTransfer transfer() {
        return new BankTransfer(reference, null, amount, receivedAt);
    }

    /** Returns a key that is equal for the same transfer, even if it is ticked for another registration. */
    String matchKey() {
        return transfer().matchKey();
    }

    /** Returns the command. The same transfer for the same registration has the same key, so a second click gets the first reply. */
    Command.MarkPaid command(String conference, Person person) {
        RequestHash hash = RequestHash.of(encoded());
        return new Command.MarkPaid(
                conference,
                registration,
                new IdempotencyKey("mark-paid:" + registration, "line-" + hash.hex()),
                hash,
                reference,
                amount,
                receivedAt,
                person);
    }
}

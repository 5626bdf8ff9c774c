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
 * A transfer that a person marks for a registration, as the page of matches offers it: all that the act needs, so that nothing is kept
 * between the two pages. Immutable.
 *
 * @param reference by which the transfer is known from then on
 */
record TransferMark(UUID registration, String reference, Money amount, Instant receivedAt) {

    /** The value of its tick box. */
    String encoded() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Documents.json(this).getBytes(StandardCharsets.UTF_8));
    }

    /** Empty for what no such page offers. */
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

    /** The same line for the same registration is the same request, so a second click gets the first answer. */
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

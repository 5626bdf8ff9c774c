package org.openingminute.registration.conferences;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Money;

/**
 * A sale notice of a conference, in the form of {@code contracts/}.
 *
 * @param at business time of its publication
 * @param next the following phase; {@code null} if there is none
 * @param prices the prices of the categories that everyone may choose
 */
record SaleNotice(
        SaleNoticeKind kind,
        Instant at,
        PublishedPhase phase,
        @Nullable PublishedPhase next,
        List<PhasePrice> prices) {

    static final String TOPIC = "conference.events.v1";

    enum SaleNoticeKind {
        @JsonProperty("sale-opened")
        SALE_OPENED("sale-opened"),
        @JsonProperty("deadline-near")
        DEADLINE_NEAR("deadline-near");

        private final String code;

        SaleNoticeKind(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }

        /** Returns the type of the event. */
        String type() {
            return "conference." + code + ".v1";
        }
    }

    /**
     * Returns the key under which a notice is published only once. A sale opens once, even if its first phase is renamed later; moving a
     * phase's end makes a new notice.
     */
    SaleNoticeKey key() {
        return new SaleNoticeKey(
                kind.code(), kind == SaleNoticeKind.SALE_OPENED ? "" : phase.code() + " " + phase.until());
    }

    /**
     * Identifies a notice, which is published only once.
     *
     * @param phase the phase whose end is near, and that end; empty for the opening of a sale
     */
    record SaleNoticeKey(String kind, String phase) {}

    /** A phase and its last second. */
    record PublishedPhase(String code, String name, Instant until) {}

    /** The price of a category now and in the next phase. */
    record PhasePrice(
            String category,
            String name,
            Money now,
            @Nullable Money next) {}
}

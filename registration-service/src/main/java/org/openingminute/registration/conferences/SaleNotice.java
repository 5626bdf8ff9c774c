package org.openingminute.registration.conferences;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openingminute.registration.sale.Money;

/**
 * A sale notice of a conference, as {@code contracts/} has it.
 *
 * @param at business time of its publication
 * @param next the phase after it; {@code null} where there is none
 * @param prices of the categories that everybody may choose
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

        /** The type of its event. */
        String type() {
            return "conference." + code + ".v1";
        }
    }

    /** Once for ever. A sale opens once, whatever its first phase is called by then; an end that is moved is another one. */
    SaleNoticeKey key() {
        return new SaleNoticeKey(
                kind.code(), kind == SaleNoticeKind.SALE_OPENED ? "" : phase.code() + " " + phase.until());
    }

    /**
     * Identifies a notice, which is published once.
     *
     * @param phase whose end is near, and when that is; empty where a sale has opened
     */
    record SaleNoticeKey(String kind, String phase) {}

    /** A phase, with its last second. */
    record PublishedPhase(String code, String name, Instant until) {}

    /** The price of a seat now, and in the next phase. */
    record PhasePrice(
            String category,
            String name,
            Money now,
            @Nullable Money next) {}
}

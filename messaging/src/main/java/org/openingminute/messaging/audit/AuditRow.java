package org.openingminute.messaging.audit;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An act of a member of staff, as the audit shows it.
 *
 * @param id sorts by the time at which the row was written
 * @param at business time where the service knows it
 * @param who the account
 * @param person the name that the account had; {@code null} in rows from before there were names
 * @param role in which it was done; {@code null} in rows from before it was noted
 * @param what in plain English
 * @param before what it changed; {@code null} where nothing is to be seen
 * @param after the same after it
 */
record AuditRow(
        UUID id,
        Instant at,
        String who,
        @Nullable String person,
        @Nullable String role,
        String what,
        @Nullable String conference,
        @Nullable UUID registration,
        @Nullable JsonNode before,
        @Nullable JsonNode after,
        @Nullable String why) {

    /** @param next the {@code after} of the next page; {@code null} on the last */
    record AuditPage(List<AuditRow> items, @Nullable UUID next) {}
}

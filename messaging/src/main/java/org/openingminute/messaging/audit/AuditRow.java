package org.openingminute.messaging.audit;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An act of a member of staff, as the audit shows it. Immutable.
 *
 * @param id sorts by the time of writing
 * @param at business time if the service knows it, otherwise the database's time
 * @param who the account
 * @param person the account's name at the time; {@code null} in rows that an earlier version wrote
 * @param role the role in which the person acted; {@code null} in rows that an earlier version wrote
 * @param what the act in plain English
 * @param before the state before the act; {@code null} where the act changed nothing that is recorded
 * @param after the state after the act; {@code null} where the act changed nothing that is recorded
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

    /** @param next the value of {@code after} for the next page; {@code null} on the last page */
    record AuditPage(List<AuditRow> items, @Nullable UUID next) {}
}

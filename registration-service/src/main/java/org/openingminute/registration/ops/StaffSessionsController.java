package org.openingminute.registration.ops;

import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.openingminute.kit.access.CallerResolver;
import org.openingminute.kit.access.Permission;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.problem.Problem;
import org.openingminute.kit.web.JsonBody;
import org.openingminute.messaging.audit.AuditLog;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Staff sessions that were ended before they expired. Gateways have no database, so they poll this list and all of them learn it. Not
 * reachable from outside.
 */
@RestController
@RequestMapping("/internal/staff-sessions/{id}")
class StaffSessionsController {

    private final CallerResolver callers;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final AuditLog audit;

    StaffSessionsController(CallerResolver callers, JdbcClient jdbc, TransactionTemplate transaction, AuditLog audit) {
        this.callers = callers;
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.audit = audit;
    }

    record StaffSessionState(boolean ended) {}

    /**
     * A request to end a session.
     *
     * @param endsAt when the session would have expired; it is remembered until then
     */
    record EndRequest(@Nullable String endsAt) {}

    @GetMapping
    StaffSessionState state(@PathVariable UUID id) {
        return new StaffSessionState(jdbc.sql("select exists (select from ended_session where id = ?)")
                .param(id)
                .query(Boolean.class)
                .single());
    }

    @PutMapping
    StaffSessionState end(
            @PathVariable UUID id, @RequestBody(required = false) byte @Nullable [] body, HttpServletRequest request) {
        Person person = callers.staff(request, Permission.END_SESSION).person();
        Instant endsAt = instant(
                JsonBody.readKnown(JsonBody.object(body), EndRequest.class).endsAt());
        transaction.executeWithoutResult(_ -> {
            int ended = jdbc.sql("""
                    with gone as (delete from ended_session where ends_at < clock_timestamp())
                    insert into ended_session (id, ends_at) values (?, ?) on conflict do nothing
                    """)
                    .param(id)
                    .param(endsAt.atOffset(ZoneOffset.UTC))
                    .update();
            if (ended == 1) {
                audit.write(new Person.AuditEntry(person, "signed out", null, null));
            }
        });
        return new StaffSessionState(true);
    }

    private static Instant instant(@Nullable String text) {
        try {
            if (text != null) {
                return Instant.parse(text);
            }
        } catch (DateTimeException e) {
            // The error is reported below.
        }
        throw Problem.invalid("endsAt", "not-an-instant", "must be an instant");
    }
}

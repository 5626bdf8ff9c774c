package org.openingminute.local.flow;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Checks that seats, registrations and the generator's count agree. */
public final class FlowCheck {

    private final Connection registration;

    /** @param registration the database of registration-service */
    public FlowCheck(Connection registration) {
        this.registration = registration;
    }

    /**
     * Checks one conference.
     *
     * @param confirmed the confirmed flows of all runs
     * @param failed the failed flows, whose registrations may exist
     * @throws IllegalStateException if a confirmed registration is missing or surplus, or if the seats do not match the registrations
     */
    public void check(String slug, long confirmed, long failed) throws SQLException {
        long there = number("select count(*) from registration where conference = ? and status = 'confirmed'", slug);
        long pending =
                number("select count(*) from registration where conference = ? and status = 'pending-payment'", slug);
        long sold = number("select sold from quota where conference = ? and code = 'capacity'", slug);
        long held = number("select held from quota where conference = ? and code = 'capacity'", slug);
        if (there < confirmed || there > confirmed + failed || sold != there || held != pending) {
            throw new IllegalStateException(
                    "%s: %d confirmed to registrants, %d in the table, %d seats sold; %d pending, %d seats held"
                            .formatted(slug, confirmed, there, sold, pending, held));
        }
    }

    private long number(String query, String slug) throws SQLException {
        try (PreparedStatement statement = registration.prepareStatement(query)) {
            statement.setString(1, slug);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }
}

package org.openingminute.local.faults;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openingminute.local.SystemInside;
import org.openingminute.local.fixture.ApiClient;
import tools.jackson.databind.JsonNode;

/** The two records of money that are held against each other from outside: the sandbox's own list, and the ledger of payment-service. */
final class MoneyRecords {

    private final ApiClient api;
    private final SystemInside inside;

    MoneyRecords(ApiClient api, SystemInside inside) {
        this.api = api;
        this.inside = inside;
    }

    /**
     * What moved for one registration, in minor units.
     *
     * @param captures how many
     */
    record Moved(int captures, long captured, long refunded, long disputed) {

        static final Moved NOTHING = new Moved(0, 0, 0, 0);

        Moved plus(Moved other) {
            return new Moved(
                    captures + other.captures,
                    captured + other.captured,
                    refunded + other.refunded,
                    disputed + other.disputed);
        }

        long kept() {
            return captured - refunded - disputed;
        }
    }

    /** By registration; all that the sandbox ever captured. */
    Map<String, Moved> ofTheSandbox() {
        Map<String, Moved> moved = new HashMap<>();
        @Nullable String after = null;
        do {
            JsonNode page = api.get("/sandbox/payments?limit=500" + (after == null ? "" : "&after=" + after))
                    .has(200)
                    .json();
            for (JsonNode item : page.path("items")) {
                moved.merge(
                        item.path("registration").asString(),
                        new Moved(
                                1,
                                item.at("/captured/amount").asLong(),
                                item.at("/refunded/amount").asLong(),
                                item.at("/disputed/amount").asLong()),
                        Moved::plus);
            }
            after = page.path("next").isNull() ? null : page.path("next").asString();
        } while (after != null);
        return moved;
    }

    /** By registration; all that was ever posted of money at the sandbox. */
    Map<String, Moved> ofTheLedger() throws SQLException {
        Map<String, Moved> moved = new HashMap<>();
        try (Connection connection = DriverManager.getConnection(
                        inside.databaseUrl("payment"), "postgres", inside.superuserPassword());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select registration_id, act, amount from ledger
                         where 'provider:sandbox' in (debit, credit)
                        """)) {
            while (row.next()) {
                long amount = row.getLong("amount");
                Moved one = switch (row.getString("act")) {
                    case "capture" -> new Moved(1, amount, 0, 0);
                    case "refund" -> new Moved(0, 0, amount, 0);
                    case "refund-returned" -> new Moved(0, 0, -amount, 0);
                    case "dispute-opened" -> new Moved(0, 0, 0, amount);
                    case "dispute-won" -> new Moved(0, 0, 0, -amount);
                    default -> Moved.NOTHING;
                };
                moved.merge(row.getString("registration_id"), one, Moved::plus);
            }
        }
        return moved;
    }
}

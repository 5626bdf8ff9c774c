package org.openingminute.benchmarks.admission;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.openingminute.kit.web.IdempotencyKey;
import org.openingminute.local.load.Candidate;
import org.openingminute.local.load.Candidate.Answered;
import org.openingminute.local.load.Sale;
import org.openingminute.messaging.outbox.Frames;
import org.openingminute.messaging.outbox.OutgoingMessage;
import org.openingminute.registration.admission.Replies;
import org.openingminute.registration.decision.Command;
import org.openingminute.registration.decision.Conference;
import org.openingminute.registration.decision.Decisions;
import org.openingminute.registration.decision.Documents;
import org.openingminute.registration.decision.Result;
import org.openingminute.registration.decision.SaleState;
import org.openingminute.registration.inventory.Availability;
import org.openingminute.registration.inventory.Inventory;
import org.openingminute.registration.inventory.QuotaKey;
import org.openingminute.registration.lifecycle.Registration;
import org.openingminute.registration.lifecycle.TicketSigner;
import org.openingminute.registration.sale.DefinitionReader;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A straightforward implementation: one transaction per registration, which locks the conference's row, decides and writes. Rules, rows and
 * bytes are production's; only batching is missing. Uses prepared statements, one round trip for the rows of a table, and READ COMMITTED.
 */
final class NaiveJdbc implements Candidate, AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** A signer with a dummy key, because held registrations have no tickets. */
    private static final TicketSigner TICKETS = TicketSigner.of("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");

    private final Workload workload;
    private final Decisions decisions;
    private final Map<String, Conference> conferences = new ConcurrentHashMap<>();
    private final HikariDataSource pool;
    /** Makes the pool fair: alone, it prefers the thread that has just returned a connection, and others starve in a closed loop. */
    private final Semaphore turns;

    private final int incarnation;

    NaiveJdbc(Map<String, String> variables, int connections, Workload workload, Decisions decisions)
            throws SQLException {
        this.workload = workload;
        this.decisions = decisions;
        this.turns = new Semaphore(connections, true);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(variables.get("DATABASE_URL"));
        config.setUsername(variables.get("DATABASE_USER"));
        config.setPassword(variables.get("DATABASE_PASSWORD"));
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(30_000);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setPoolName("naive-" + connections);
        this.pool = new HikariDataSource(config);
        try (Connection connection = pool.getConnection();
                ResultSet row =
                        connection.createStatement().executeQuery("select max(number) from database_incarnation")) {
            row.next();
            incarnation = row.getInt(1);
        }
    }

    @Override
    public String name() {
        return "naive transaction, JDBC";
    }

    int connections() {
        return pool.getMaximumPoolSize();
    }

    @Override
    public Answered ask(Sale sale, long number) {
        Command.Register ask = workload.ask(sale.slug(), number);
        turns.acquireUninterruptibly();
        try (Connection connection = pool.getConnection()) {
            try {
                Answered answered = register(connection, ask);
                connection.commit();
                return answered;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                return Answered.failed(name() + ": " + e);
            }
        } catch (SQLException e) {
            return Answered.failed(name() + ": " + e);
        } finally {
            turns.release();
        }
    }

    private Answered register(Connection connection, Command.Register ask) throws SQLException {
        String slug = ask.conference();
        int reference = lock(connection, slug);
        Conference conference = conference(connection, slug);
        Instant now = Instant.now();
        SaleState state = new SaleState(
                new SaleState.Read(
                        now.truncatedTo(ChronoUnit.MILLIS),
                        now,
                        0,
                        conference,
                        quotas(connection, slug),
                        Map.of(),
                        remembered(connection, ask.key()),
                        Set.of(),
                        reference),
                Availability.of(conference.definition(), now));
        if (!(decisions.decide(state, ask) instanceof Result.Done done) || done.registration() == null) {
            return Answered.SAID_NO;
        }
        for (Registration registration : state.created()) {
            insert(connection, reference, registration);
        }
        writeQuotas(connection, slug, state);
        insertKeys(connection, state);
        insertMessages(connection, state);
        try (PreparedStatement statement = connection.prepareStatement("""
                update inventory set judged_at = greatest(clock_timestamp(), judged_at), next_reference = ?
                 where conference = ?""")) {
            statement.setInt(1, state.nextReference());
            statement.setString(2, slug);
            statement.executeUpdate();
        }
        return Answered.done(done.registration());
    }

    private static int lock(Connection connection, String slug) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select next_reference from inventory where conference = ? for update")) {
            statement.setString(1, slug);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** Cached, because no definition changes during the run. */
    private Conference conference(Connection connection, String slug) throws SQLException {
        Conference known = conferences.get(slug);
        if (known != null) {
            return known;
        }
        try (PreparedStatement statement =
                connection.prepareStatement("select revision, definition from conference where slug = ?")) {
            statement.setString(1, slug);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                JsonNode source = Documents.tree(row.getString(2));
                if (!(DefinitionReader.read(source, slug)
                        instanceof DefinitionReader.ReadDefinition.Ok(var definition))) {
                    throw new IllegalStateException("the definition of " + slug + " cannot be read");
                }
                Conference read = new Conference(slug, row.getLong(1), definition, source, true, null);
                conferences.put(slug, read);
                return read;
            }
        }
    }

    private static Map<QuotaKey, Inventory.Allocated> quotas(Connection connection, String slug) throws SQLException {
        Map<QuotaKey, Inventory.Allocated> quotas = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select code, held, sold from quota where conference = ?")) {
            statement.setString(1, slug);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    quotas.put(
                            QuotaKey.of(rows.getString(1)),
                            new Inventory.Allocated(rows.getInt(2), rows.getInt(3), null));
                }
            }
        }
        return quotas;
    }

    /** Finds nothing, because keys never repeat in this workload, but the query belongs to the work. */
    private static Map<IdempotencyKey, SaleState.StoredReply> remembered(Connection connection, IdempotencyKey key)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select scope, key, status from idempotency where fingerprint = ? and admitted_at > now() - interval '25 hours'")) {
            statement.setLong(1, key.keyHash());
            try (ResultSet rows = statement.executeQuery()) {
                if (rows.next()) {
                    throw new IllegalStateException("asked twice: " + key);
                }
                return Map.of();
            }
        }
    }

    private static void insert(Connection connection, int reference, Registration r) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into registration (id, conference, number, status, revision, hold_expires_at, captured, refunded,
                                          created_at, changed_at, document, began_as)
                values (?, ?, ?, ?, ?, ?::timestamptz, ?, ?, ?::timestamptz, ?::timestamptz, ?::json, ?)""")) {
            Instant holdEnds = r.hold().expiresAt();
            statement.setObject(1, r.id());
            statement.setString(2, r.conference());
            statement.setInt(3, reference);
            statement.setString(4, r.status().wireName());
            statement.setLong(5, r.revision());
            statement.setString(6, holdEnds == null ? null : holdEnds.toString());
            statement.setLong(7, r.money().captured().amount());
            statement.setLong(8, r.money().refunded().amount());
            statement.setString(9, r.createdAt().toString());
            statement.setString(10, r.changedAt().toString());
            statement.setString(11, Documents.json(r));
            statement.setString(12, r.status().wireName());
            statement.executeUpdate();
        }
    }

    private static void writeQuotas(Connection connection, String slug, SaleState state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into quota (conference, code, held, sold) values (?, ?, ?, ?)
                on conflict (conference, code) do update set held = excluded.held, sold = excluded.sold""")) {
            for (Map.Entry<QuotaKey, Inventory.Allocated> quota :
                    state.inventory().changed().entrySet()) {
                statement.setString(1, slug);
                statement.setString(2, quota.getKey().code());
                statement.setInt(3, quota.getValue().held());
                statement.setInt(4, quota.getValue().sold());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void insertKeys(Connection connection, SaleState state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into idempotency (scope, key, body_hash, registration_id, status, answer, fingerprint, admitted_at)
                values (?, ?, ?, ?, ?, ?, ?, clock_timestamp())""")) {
            for (Map.Entry<IdempotencyKey, SaleState.StoredReply> key :
                    state.newKeys().entrySet()) {
                statement.setString(1, key.getKey().scope());
                statement.setString(2, key.getKey().key());
                statement.setString(3, key.getValue().requestHash().hex());
                statement.setObject(4, key.getValue().registration());
                statement.setInt(5, Replies.status(key.getValue().how()));
                statement.setString(6, key.getValue().answer());
                statement.setLong(7, key.getKey().keyHash());
                statement.executeUpdate();
            }
        }
    }

    private void insertMessages(Connection connection, SaleState state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into outbox (incarnation, messages, bytes, frames) values (?, ?, ?, ?)")) {
            List<byte[]> frames = state.messages(TICKETS).stream()
                    .map(message -> Frames.frame(
                            message.topic(), message.key(), headers(message), JSON.writeValueAsBytes(message.body())))
                    .toList();
            statement.setInt(1, incarnation);
            statement.setInt(2, frames.size());
            statement.setInt(3, frames.stream().mapToInt(frame -> frame.length).sum());
            statement.setBytes(4, Frames.pack(frames));
            statement.executeUpdate();
        }
    }

    private static Map<String, String> headers(OutgoingMessage message) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", UUID.randomUUID().toString());
        headers.put("ce_type", message.type());
        headers.put("ce_source", "/registration-service");
        headers.put("ce_time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        headers.put("ce_sequence", Long.toString(message.sequence()));
        headers.put("content-type", "application/json");
        return headers;
    }

    @Override
    public void close() {
        pool.close();
    }
}

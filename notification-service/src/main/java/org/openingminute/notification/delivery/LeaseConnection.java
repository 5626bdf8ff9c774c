package org.openingminute.notification.delivery;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.openingminute.notification.NotificationServiceSettings;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The connection reserved for renewing leases: no other work delays it, and it times out early enough for the next renewal to be in time.
 */
@Component
final class LeaseConnection implements AutoCloseable {

    private final HikariDataSource pool;
    private final JdbcClient jdbc;

    LeaseConnection(JdbcConnectionDetails database, NotificationServiceSettings settings) {
        Duration patience = settings.pace().lease().dividedBy(LeaseKeeper.RENEWALS + 1);
        long seconds = Math.max(1, patience.toSeconds());
        HikariConfig config = new HikariConfig();
        config.setPoolName("leases");
        config.setJdbcUrl(database.getJdbcUrl());
        config.setUsername(database.getUsername());
        config.setPassword(database.getPassword());
        config.setMaximumPoolSize(1);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(Duration.ofSeconds(seconds).toMillis());
        config.setValidationTimeout(Duration.ofSeconds(seconds).toMillis());
        config.addDataSourceProperty("connectTimeout", seconds);
        config.addDataSourceProperty("loginTimeout", seconds);
        config.addDataSourceProperty("socketTimeout", seconds);
        config.addDataSourceProperty("tcpKeepAlive", true);
        config.addDataSourceProperty("logServerErrorDetail", false);
        config.setConnectionInitSql(
                "set transaction_timeout = '" + seconds + "s'; set plan_cache_mode = force_generic_plan");
        this.pool = new HikariDataSource(config);
        this.jdbc = JdbcClient.create(pool);
    }

    JdbcClient jdbc() {
        return jdbc;
    }

    @Override
    public void close() {
        pool.close();
    }
}

package org.openingminute.messaging;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Provides a service's second connection pool, see {@link Browse}. It has the settings of the first, except for its plans and its size. */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnSingleCandidate(DataSource.class)
class BrowseAutoConfiguration {

    private static final int CONNECTIONS = 3;
    private static final String SETTINGS =
            "set transaction_timeout = '10s'; set plan_cache_mode = force_custom_plan; set jit = off";

    @Bean(defaultCandidate = false)
    @Browse
    DataSource browseDataSource(DataSource work) throws SQLException {
        // Connects on first use, like the other pool.
        HikariDataSource pool = new HikariDataSource();
        work.unwrap(HikariDataSource.class).copyStateTo(pool);
        pool.setPoolName("browse");
        pool.setMaximumPoolSize(CONNECTIONS);
        pool.setConnectionInitSql(SETTINGS);
        return pool;
    }

    @Bean(defaultCandidate = false)
    @Browse
    JdbcClient browseClient(@Browse DataSource browse) {
        return JdbcClient.create(browse);
    }
}

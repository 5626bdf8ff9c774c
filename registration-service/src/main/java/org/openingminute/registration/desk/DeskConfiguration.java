package org.openingminute.registration.desk;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A connection pool for the desk's lists and searches, so that organisers' queries never use the connections that sell seats or read
 * metrics. PostgreSQL plans each of these statements for its actual values and cancels it after five seconds.
 */
@Configuration(proxyBeanMethods = false)
class DeskConfiguration {

    private static final int CONNECTIONS = 4;
    private static final String SETTINGS =
            "set transaction_timeout = '10s'; set statement_timeout = '5s'; set plan_cache_mode = force_custom_plan;"
                    + " set enable_seqscan = off; set jit = off";

    @Bean(defaultCandidate = false)
    @Qualifier("desk")
    DataSource deskDataSource(DataSource work) throws SQLException {
        HikariDataSource pool = new HikariDataSource();
        work.unwrap(HikariDataSource.class).copyStateTo(pool);
        pool.setPoolName("desk");
        pool.setMaximumPoolSize(CONNECTIONS);
        // Keep no idle connection: the desk is unused most of the time.
        pool.setMinimumIdle(0);
        pool.setConnectionInitSql(SETTINGS);
        return pool;
    }

    @Bean(defaultCandidate = false)
    @Qualifier("desk")
    JdbcClient deskClient(@Qualifier("desk") DataSource pool) {
        return JdbcClient.create(pool);
    }
}

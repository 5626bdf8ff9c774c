package org.openingminute.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.cache.CacheableRead.Kind;
import org.openingminute.gateway.cache.InFlightRequest.Outcome;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class InFlightRequestTest {

    private static final String ITS_CLIENT = "198.51.100.1";
    private static final String ANOTHER = "198.51.100.2";

    private final InFlightRequest flight = new InFlightRequest(ITS_CLIENT);

    @Test
    void delayed_request_blocks_only_its_address() {
        List<Outcome> there = outcomes(ITS_CLIENT);
        List<Outcome> elsewhere = outcomes(ANOTHER);
        assertThat(flight.isFor(ANOTHER)).isTrue();

        flight.delay();
        assertThat(elsewhere).containsExactly(new Outcome.Abandoned());
        assertThat(outcomes(ANOTHER)).containsExactly(new Outcome.Abandoned());
        assertThat(flight.isFor(ANOTHER)).isFalse();
        assertThat(there).isEmpty();
        assertThat(flight.isFor(ITS_CLIENT)).isTrue();

        flight.end(new Outcome.Private());
        assertThat(there).containsExactly(new Outcome.Private());
    }

    @Test
    void ended_request_has_one_outcome_for_all_readers() {
        flight.end(new Outcome.Failed());
        flight.delay();
        assertThat(outcomes(ITS_CLIENT)).containsExactly(new Outcome.Failed());
        assertThat(outcomes(ANOTHER)).containsExactly(new Outcome.Failed());
    }

    /** An event loop thread serves many connections, so it must not spend time on compression. The queue stands for that thread. */
    @Test
    void large_answer_is_compressed_beside_the_thread_of_its_connection() throws InterruptedException {
        BlockingQueue<Runnable> thread = new LinkedBlockingQueue<>();
        assertThat(landed(new byte[128 * 1024], thread)).hasSize(1);

        List<Outcome> landed = landed(new byte[128 * 1024 + 1], thread);
        assertThat(landed).isEmpty();

        Objects.requireNonNull(thread.poll(20, TimeUnit.SECONDS), "it goes on").run();
        assertThat(landed)
                .singleElement()
                .isInstanceOfSatisfying(
                        Outcome.Answered.class,
                        outcome -> assertThat(outcome.answer().body().gzip()).isNotNull());
    }

    private List<Outcome> landed(byte[] body, BlockingQueue<Runnable> thread) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders()
                .setCacheControl(CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic());
        response.getHeaders().setContentLength(body.length);
        CacheableRead read =
                new CacheableRead("openapi", Kind.JSON, List.of(), Duration.ofSeconds(1), Duration.ofMinutes(5));
        List<Outcome> landed = new ArrayList<>();
        new InFlightResponse(
                        response,
                        new ReadKey(read, "/api/openapi.json", "", null),
                        null,
                        flight,
                        Schedulers.fromExecutor(thread::add),
                        outcome -> {
                            landed.add(outcome);
                            return null;
                        })
                .writeWith(Mono.just(DefaultDataBufferFactory.sharedInstance.wrap(body)))
                .subscribe();
        return landed;
    }

    private List<Outcome> outcomes(String address) {
        List<Outcome> outcomes = new ArrayList<>();
        flight.outcome(address).subscribe(outcomes::add);
        return outcomes;
    }
}

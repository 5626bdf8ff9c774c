package org.openingminute.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import org.openingminute.gateway.problem.TestProblems;

class BodylessErrorsTest {

    private final EmbeddedChannel channel = new EmbeddedChannel(new BodylessErrors(
            TestProblems.writer(),
            new SecurityHeaders(TestSettings.of(GatewaySettings.Mode.REHEARSAL)),
            UUID::randomUUID));

    @ParameterizedTest
    @CsvSource({
        "400, 400, malformed",
        "405, 404, not-found",
        "406, 415, unsupported-media-type",
        "413, 413, too-large",
        "414, 413, too-large",
        "431, 413, too-large",
        "417, 400, malformed",
        "500, 503, unavailable",
        "501, 404, not-found",
        "505, 503, unavailable"
    })
    void a_bare_status_becomes_the_nearest_problem(int bare, int status, String code) {
        channel.writeOutbound(silent(bare));

        FullHttpResponse answer = channel.readOutbound();
        String body = answer.content().toString(StandardCharsets.UTF_8);
        assertThat(answer.status().code()).isEqualTo(status);
        assertThat(answer.headers().get("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.headers().getInt("Content-Length")).isEqualTo(body.length());
        assertThat(answer.headers().contains("Retry-After")).isEqualTo(status == 503);
        assertThat(answer.headers().get("X-Request-Id")).isNotBlank();
        assertThat(body).contains("\"code\":\"" + code + "\"", "\"status\":" + status);
    }

    @Test
    void request_that_is_too_long_is_read_for_a_second_more() {
        ChannelPromise said = channel.newPromise();
        channel.writeAndFlush(silent(413), said);

        assertThat(channel.<FullHttpResponse>readOutbound().status().code()).isEqualTo(413);
        assertThat(said.isDone()).isFalse();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(said.isSuccess()).isTrue();
    }

    @Test
    void an_answer_in_pieces_is_replaced_as_a_whole_and_the_next_is_not() {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.METHOD_NOT_ALLOWED);
        head.headers().set("Content-Length", 0).set("X-Request-Id", "the-first");
        channel.writeOutbound(head);
        channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        FullHttpResponse fine = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT);
        channel.writeOutbound(fine);

        FullHttpResponse answer = channel.readOutbound();
        assertThat(answer.headers().get("X-Request-Id")).isEqualTo("the-first");
        assertThat(channel.<Object>readOutbound()).isSameAs(fine);
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    @Test
    void responses_with_a_body_or_none_allowed_are_left_alone() {
        FullHttpResponse spoken = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, Unpooled.wrappedBuffer(new byte[] {'x'}));
        channel.writeOutbound(spoken);
        assertThat(channel.<Object>readOutbound()).isSameAs(spoken);

        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.HEAD, "/"));
        FullHttpResponse toHead = silent(404);
        channel.writeOutbound(toHead);
        assertThat(channel.<Object>readOutbound()).isSameAs(toHead);
    }

    @Test
    void a_browser_gets_a_page() {
        DefaultHttpRequest form = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/registrations");
        form.headers().set("Accept", "text/html,*/*").set("Accept-Language", "de");
        channel.writeInbound(form);
        FullHttpResponse undrawn = silent(503);
        undrawn.headers().set("X-Request-Id", "the-first");
        channel.writeOutbound(undrawn);

        FullHttpResponse page = channel.readOutbound();
        String body = page.content().toString(StandardCharsets.UTF_8);
        assertThat(page.headers().get("Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.headers().get("Content-Language")).isEqualTo("de");
        assertThat(page.headers().getInt("Content-Length"))
                .isEqualTo(page.content().readableBytes());
        assertThat(body).contains("<html lang=\"de\"", "the-first");
    }

    private static FullHttpResponse silent(int status) {
        FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        answer.headers().set("Content-Length", 0);
        return answer;
    }
}

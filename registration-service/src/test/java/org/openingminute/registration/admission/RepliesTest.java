package org.openingminute.registration.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.request;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.openingminute.kit.problem.Problem;
import org.openingminute.registration.decision.Result;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

class RepliesTest {

    private final CompletableFuture<Result> answer = new CompletableFuture<>();
    private final MockMvc mvc =
            MockMvcBuilders.standaloneSetup(new LaterController()).build();

    @RestController
    private final class LaterController {

        @PostMapping("/later")
        DeferredResult<ResponseEntity<String>> later() {
            return Replies.later(answer, Replies::of);
        }
    }

    @Test
    void result_is_the_response() throws Exception {
        MvcResult asked = ask();
        answer.complete(new Result.Done(Result.How.CREATED, "{}", null));
        await().until(() -> asked.getAsyncResult(0) != null);

        mvc.perform(asyncDispatch(asked))
                .andExpect(status().isCreated())
                .andExpect(content().string("{}"));
    }

    @Test
    void refusal_and_failure_are_thrown() throws Exception {
        MvcResult asked = ask();
        Problem soldOut = Problem.notFound();
        answer.complete(new Result.Refused(soldOut));
        assertThat(asked.getAsyncResult()).isSameAs(soldOut);
    }

    @Test
    void late_result_is_unavailable_and_its_command_is_cancelled() throws Exception {
        MvcResult asked = ask();
        assertThat(asyncContext(asked).getTimeout()).isEqualTo(8_000);
        for (AsyncListener listener : listeners(asked)) {
            listener.onTimeout(new AsyncEvent(asyncContext(asked)));
        }
        assertThat(asked.getAsyncResult()).isInstanceOf(Problem.class);
        assertThat(((Problem) asked.getAsyncResult()).retryAfter()).hasValue("1");
        end(asked);
        assertThat(answer).isCancelled();
    }

    @Test
    void command_of_a_client_that_is_gone_is_cancelled() throws Exception {
        MvcResult asked = ask();
        end(asked);
        assertThat(answer).isCancelled();
    }

    private MvcResult ask() throws Exception {
        return mvc.perform(post("/later")).andExpect(request().asyncStarted()).andReturn();
    }

    private static void end(MvcResult asked) throws Exception {
        for (AsyncListener listener : listeners(asked)) {
            listener.onComplete(new AsyncEvent(asyncContext(asked)));
        }
    }

    private static List<AsyncListener> listeners(MvcResult asked) {
        return List.copyOf(asyncContext(asked).getListeners());
    }

    private static MockAsyncContext asyncContext(MvcResult asked) {
        return (MockAsyncContext) asked.getRequest().getAsyncContext();
    }
}
